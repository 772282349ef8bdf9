// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.internal.machine.Eval;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All states and the steps between them, numbered in the order of a breadth-first search. */
final class Graph implements Machine.Sink {

    private static final int ACTOR_BITS = 12;

    /** Of an array that is an element of a list, besides its own elements. */
    private static final int ARRAY_BYTES = 32;

    private final Machine machine;
    private final Layout layout;
    private final Eval progress;
    private final List<long[]> states = new ArrayList<>();
    private final LongList edges = new LongList();
    private final LongList firstEdges = new LongList();
    private final LongList origins = new LongList();
    private boolean[] made = new boolean[1 << 10];
    private long[] fingerprints = new long[1 << 12];
    private int[] numbers = new int[1 << 12];
    private int from = -1;

    Graph(Machine machine, Eval progress) {
        this.machine = machine;
        this.layout = machine.layout();
        this.progress = progress;
    }

    /**
     * Finds all.
     *
     * @throws Allowance.Exceeded if that takes too much
     */
    void build(Allowance allowance) {
        machine.initial(this);
        for (int state = 0; state < states.size(); state++) {
            allowance.check(states.size(), bytes());
            from = state;
            firstEdges.add(edges.size());
            machine.steps(states.get(state), this);
        }
        firstEdges.add(edges.size());
    }

    /** What it has, while a table grows too, and what it takes to look for components. */
    private long bytes() {
        long state = ARRAY_BYTES + (long) Long.BYTES * layout.words() + Components.BYTES_FOR_EACH;
        long tables = made.length + (long) (Long.BYTES + Integer.BYTES) * fingerprints.length;
        return states.size() * state
                + 3 * tables
                + edges.bytes()
                + firstEdges.bytes()
                + origins.bytes();
    }

    @Override
    public void step(long[] next, int actor) {
        int number = number(next);
        if (from >= 0) {
            edges.add((long) number << ACTOR_BITS | actor);
        }
    }

    @Override
    public void broken(long[] next, int actor, String meaning) {
        step(next, actor);
    }

    private int number(long[] state) {
        long fingerprint = FingerprintSet.fingerprint(state, layout.words());
        int place = place(fingerprint);
        if (fingerprints[place] == fingerprint) {
            return numbers[place];
        }
        int number = states.size();
        fingerprints[place] = fingerprint;
        numbers[place] = number;
        states.add(layout.kept(state));
        origins.add(from);
        if (number == made.length) {
            made = Arrays.copyOf(made, 2 * number);
        }
        made[number] = progress.isTrue(state, -1);
        if (2 * number > fingerprints.length) {
            grow();
        }
        return number;
    }

    private int place(long fingerprint) {
        int mask = fingerprints.length - 1;
        int place = (int) (fingerprint >>> 20) & mask;
        while (fingerprints[place] != 0 && fingerprints[place] != fingerprint) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        long[] oldFingerprints = fingerprints;
        int[] oldNumbers = numbers;
        fingerprints = new long[2 * oldFingerprints.length];
        numbers = new int[2 * oldFingerprints.length];
        for (int i = 0; i < oldFingerprints.length; i++) {
            if (oldFingerprints[i] != 0) {
                int place = place(oldFingerprints[i]);
                fingerprints[place] = oldFingerprints[i];
                numbers[place] = oldNumbers[i];
            }
        }
    }

    int size() {
        return states.size();
    }

    long[] state(int number) {
        return states.get(number);
    }

    /** {@return whether the property holds in a state} */
    boolean isMade(int number) {
        return made[number];
    }

    /** {@return the state that one was first reached from; -1 for a first one} */
    int origin(int number) {
        return (int) origins.get(number);
    }

    long firstEdge(int number) {
        return firstEdges.get(number);
    }

    long endOfEdges(int number) {
        return firstEdges.get(number + 1);
    }

    int target(long edge) {
        return (int) (edges.get(edge) >>> ACTOR_BITS);
    }

    int actor(long edge) {
        return (int) edges.get(edge) & (1 << ACTOR_BITS) - 1;
    }
}
