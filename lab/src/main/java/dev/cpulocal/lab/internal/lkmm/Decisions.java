// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.ArrayList;
import java.util.List;

/** The decisions on one path; there is one path after another until all have been taken. */
final class Decisions {
    private final List<Boolean> taken = new ArrayList<>();
    private int next;

    /** {@return the next decision of this path} */
    boolean decide() {
        if (next == taken.size()) {
            taken.add(true);
        }
        return taken.get(next++);
    }

    /** {@return whether there is another path; then its decisions follow} */
    boolean advance() {
        next = 0;
        while (!taken.isEmpty() && !taken.getLast()) {
            taken.removeLast();
        }
        if (taken.isEmpty()) {
            return false;
        }
        taken.set(taken.size() - 1, false);
        return true;
    }
}
