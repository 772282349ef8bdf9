// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the final states of a test that the kernel's memory model allows. */
final class KernelSearch {
    private final KernelTest test;
    private final Inquiry inquiry;
    private final FinalStates states;

    KernelSearch(KernelTest test, Set<Axiom> axioms, Effort effort) {
        this.test = test;
        inquiry =
                new Inquiry(
                        test.file(),
                        test.initial().stream().map(this::word).toList(),
                        test.observed(),
                        axioms,
                        effort);
        states = new FinalStates(test, inquiry);
    }

    private long word(Value value) {
        return Words.of(value, test::place);
    }

    /**
     * Searches.
     *
     * @return what was found
     * @throws Effort.Exhausted if that takes too much
     */
    FinalStates run() {
        List<List<Path>> paths = new ArrayList<>();
        for (KernelFunction function : test.functions()) {
            Map<String, Term> initial = new HashMap<>();
            test.variables(function)
                    .forEach((name, value) -> initial.put(name, new Term.Constant(word(value))));
            paths.add(PathBuilder.paths(test.file(), function, initial));
        }
        combine(paths, new ArrayList<>());
        return states;
    }

    /** {@return what was found up to now} */
    FinalStates states() {
        return states;
    }

    private void combine(List<List<Path>> choices, List<Path> chosen) {
        if (chosen.size() == choices.size()) {
            Frame frame = new Frame(test.names().size(), List.copyOf(chosen));
            new Candidates(inquiry, frame, states).visit();
            return;
        }
        for (Path path : choices.get(chosen.size())) {
            chosen.add(path);
            combine(choices, chosen);
            chosen.removeLast();
        }
    }
}
