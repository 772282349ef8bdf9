// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Steps, kept until it is known that they are all. */
final class Kept implements Machine.Sink {
    private final List<long[]> states = new ArrayList<>();
    private final List<Integer> actors = new ArrayList<>();
    private final List<@Nullable String> meanings = new ArrayList<>();

    @Override
    public void step(long[] next, int actor) {
        states.add(next.clone());
        actors.add(actor);
        meanings.add(null);
    }

    @Override
    public void broken(long[] next, int actor, String meaning) {
        step(next, actor);
        meanings.set(meanings.size() - 1, meaning);
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    void tell(Machine.Sink sink) {
        for (int i = 0; i < states.size(); i++) {
            String meaning = meanings.get(i);
            if (meaning == null) {
                sink.step(states.get(i), actors.get(i));
            } else {
                sink.broken(states.get(i), actors.get(i), meaning);
            }
        }
    }
}
