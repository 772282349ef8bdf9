// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Formula;
import dev.cpulocal.lab.internal.litmus.Place;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.litmus.StateSet;
import dev.cpulocal.lab.internal.litmus.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the final states of those executions that the axioms allow. */
final class FinalStates implements Candidates.Visitor {
    private final KernelTest test;
    private final Inquiry inquiry;
    private final List<Place> places;
    private final Set<List<Value>> states = new HashSet<>();
    private final Set<Flag> flags = EnumSet.noneOf(Flag.class);

    FinalStates(KernelTest test, Inquiry inquiry) {
        this.test = test;
        this.inquiry = inquiry;
        places = test.display().all();
    }

    /** {@return the states} */
    StateSet states() {
        return StateSet.of(test.display(), test.condition(), states);
    }

    /** {@return what is wrong with the test, in herd's words} */
    List<String> flags() {
        return flags.stream().map(Flag::title).sorted().toList();
    }

    @Override
    public boolean isInteresting(Candidates candidates) {
        List<Value> state = state(candidates);
        Formula filter = test.condition().filter();
        if (filter != null && !filter.holds(test.display().valuation(state))) {
            return false;
        }
        return !states.contains(state)
                || !flags.containsAll(commonFlags(candidates))
                || Flag.canDiffer(candidates.order());
    }

    @Override
    public boolean isPossible(Execution execution) {
        inquiry.effort().execution();
        return new LinuxModel(execution, inquiry.axioms()).isAllowed();
    }

    @Override
    public boolean take(Execution execution, Candidates candidates) {
        inquiry.effort().execution();
        LinuxModel model = new LinuxModel(execution, inquiry.axioms());
        if (!model.isAllowed()) {
            return false;
        }
        checkThinAir(candidates);
        states.add(state(candidates));
        flags.addAll(commonFlags(candidates));
        flags.addAll(model.flags());
        return !Flag.canDiffer(candidates.order());
    }

    private Set<Flag> commonFlags(Candidates candidates) {
        Set<Flag> common = Flag.of(candidates.order());
        if (inquiry.observed().stream().anyMatch(candidates::isLocking)) {
            common.add(Flag.LOCK_FINAL);
        }
        return common;
    }

    private void checkThinAir(Candidates candidates) {
        for (Place place : places) {
            if (Words.isThinAir(word(place, candidates))) {
                throw refusal(place, "it can hold any value, out of thin air");
            }
        }
    }

    private Refusal refusal(Place place, String reason) {
        return new Refusal(test.file(), test.source().question().line(), place.toString(), reason);
    }

    private List<Value> state(Candidates candidates) {
        List<Value> state = new ArrayList<>();
        for (Place place : places) {
            state.add(value(place, candidates));
        }
        return state;
    }

    private Value value(Place place, Candidates candidates) {
        try {
            return Words.value(word(place, candidates), test.names());
        } catch (Words.Undefined e) {
            throw refusal(place, String.valueOf(e.getMessage()));
        }
    }

    private long word(Place place, Candidates candidates) {
        return switch (place) {
            case Place.Global(String name) -> candidates.last(test.place(name));
            case Place.Register(int thread, String name) -> candidates.last(thread, name);
            case Place.Element _ -> throw new IllegalArgumentException("place: " + place);
        };
    }
}
