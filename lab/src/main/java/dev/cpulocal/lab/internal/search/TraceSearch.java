// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Symmetry;
import dev.cpulocal.lab.internal.search.Level.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the shortest way to a state in which something is broken, the same one each time. */
final class TraceSearch implements Machine.Sink {

    /*
     * The same search as an exploration, by one thread, that notes for each state the number of the one
     * it was first reached from and which of its steps that was: 8 bytes. The way is then walked
     * forward once more, taking those steps.
     */

    private static final int STEP_BITS = 20;

    private final Machine machine;
    private final Allowance allowance;
    private final Properties properties;
    private final @Nullable Symmetry symmetry;
    private final LongList origins = new LongList();
    private final Layout layout;
    private @Nullable FingerprintSet seen;
    private Level next;
    private Block found;
    private long from = -1;
    private long step;
    private long brokenState = -1;
    private String meaning = "";

    /**
     * A search.
     *
     * @param machine takes the steps; if it takes some together, or leaves some out, the search is
     *     faster, and the way that it finds may not be the shortest
     * @param symmetric whether states that differ in the order of tasks only are one
     * @param allowance what it may take
     */
    TraceSearch(Machine machine, boolean symmetric, Allowance allowance) {
        this.machine = machine;
        this.allowance = allowance;
        this.layout = machine.layout();
        this.properties = new Properties(machine.program(), layout);
        this.symmetry = symmetric ? Symmetry.of(machine.program(), layout) : null;
        this.next = new Level(layout.words());
        this.found = next.newBlock();
    }

    /**
     * A way, and what is broken at its end.
     *
     * @param states the states on it, the first one included
     * @param meaning the sentence that does not hold
     */
    record Way(List<long[]> states, String meaning) {}

    /**
     * {@return the way}
     *
     * @throws Allowance.Exceeded if it is not found before
     */
    Way find() {
        try (FingerprintSet set = new FingerprintSet()) {
            seen = set;
            machine.initial(this);
            long state = 0;
            long[] words64 = new long[layout.words()];
            while (brokenState < 0) {
                Level level = turn();
                for (Block block : level.blocks()) {
                    for (int i = 0; i < block.states() && brokenState < 0; i++) {
                        allowance.check(origins.size(), bytes(set, level));
                        block.get(i, words64);
                        look(state++, words64);
                    }
                }
                if (level.states() == 0) {
                    throw new IllegalStateException("nothing is broken in a second search");
                }
            }
        }
        return new Way(walk(), meaning);
    }

    private long bytes(FingerprintSet set, Level level) {
        return set.bytes() + level.bytes() + next.bytes() + origins.bytes();
    }

    private Level turn() {
        next.add(found);
        Level level = next;
        next = new Level(layout.words());
        found = next.newBlock();
        return level;
    }

    private void look(long number, long[] state) {
        from = number;
        step = 0;
        machine.steps(state, this);
        if (step == 0 && !machine.isFinal(state) && machine.isStuck(state)) {
            brokenState = number;
            meaning = Properties.DEADLOCK;
        }
    }

    @Override
    public void step(long[] reached, int actor) {
        reach(reached, null);
    }

    @Override
    public void broken(long[] reached, int actor, String newMeaning) {
        reach(reached, newMeaning);
    }

    private void sort(long[] state) {
        if (symmetry != null) {
            symmetry.sort(state);
        }
    }

    private void reach(long[] unsorted, @Nullable String checked) {
        FingerprintSet set = Objects.requireNonNull(seen);
        long stepHere = step++;
        long[] reached = layout.kept(unsorted);
        sort(reached);
        boolean isNew = set.add(FingerprintSet.fingerprint(reached, reached.length));
        if (isNew) {
            if (origins.size() >= set.limit()) {
                set.grow();
            }
            origins.add(from << STEP_BITS | stepHere);
            if (found.isFull()) {
                next.add(found);
                found = next.newBlock();
            }
            found.add(reached);
        }
        String broken = checked;
        if (isNew && broken == null) {
            broken = properties.brokenIn(reached);
        }
        if (isNew && broken == null) {
            broken = properties.brokenAtEnd(machine, reached);
        }
        if (broken != null && brokenState < 0 && machine.isReal(reached)) {
            if (!isNew) {
                origins.add(from << STEP_BITS | stepHere);
            }
            brokenState = origins.size() - 1;
            meaning = broken;
        }
    }

    /* ------------------------- The way ------------------------- */

    private List<long[]> walk() {
        Deque<Long> steps = new ArrayDeque<>();
        for (long state = brokenState; state >= 0; state = origins.get(state) >> STEP_BITS) {
            steps.push(origins.get(state) & (1L << STEP_BITS) - 1);
        }
        Nth nth = new Nth(steps.pop());
        machine.initial(nth);
        long[] sorted = layout.kept(nth.found());
        List<long[]> states = new ArrayList<>(List.of(sorted.clone()));
        sort(sorted);
        for (long which : steps) {
            nth = new Nth(which);
            machine.steps(sorted, nth);
            sorted = layout.kept(nth.found());
            sort(sorted);
            states.add(symmetry == null ? sorted : stepTo(sorted, states.getLast()));
        }
        return states;
    }

    /** The step that leads to a state that is the same but for the order of tasks. */
    private long[] stepTo(long[] sorted, long[] from) {
        List<long[]> found = new ArrayList<>();
        machine.allSteps(
                from,
                new Machine.Sink() {
                    @Override
                    public void step(long[] reached, int actor) {
                        long[] copy = layout.kept(reached);
                        sort(copy);
                        if (found.isEmpty() && Arrays.equals(copy, sorted)) {
                            found.add(layout.kept(reached));
                        }
                    }

                    @Override
                    public void broken(long[] reached, int actor, String checked) {
                        step(reached, actor);
                    }
                });
        return found.getFirst();
    }

    /** Picks out one of the steps. */
    private static final class Nth implements Machine.Sink {
        private long left;
        private long[] found = {};

        Nth(long which) {
            this.left = which;
        }

        @Override
        public void step(long[] next, int actor) {
            if (left-- == 0) {
                found = next.clone();
            }
        }

        @Override
        public void broken(long[] next, int actor, String meaning) {
            step(next, actor);
        }

        long[] found() {
            return found;
        }
    }
}
