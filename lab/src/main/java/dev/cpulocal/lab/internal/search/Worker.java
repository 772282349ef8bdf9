// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.machine.Symmetry;
import dev.cpulocal.lab.internal.search.Level.Block;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A thread's part of an exploration. */
final class Worker implements Machine.Sink, Arrivals.Sink {

    /** After how long it stops, so that somebody looks after the budget. */
    private static final long NANOS_BETWEEN_STOPS = 50_000_000;

    /** After how many states it looks at the time. */
    private static final int STATES_BETWEEN_LOOKS = 1 << 6;

    private final Machine machine;
    private final Properties properties;
    private final @Nullable Symmetry symmetry;
    private final Arrivals arrivals;
    private final long[] state;
    private final long[] reached;

    private List<Block> blocks = List.of();
    private AtomicInteger nextBlock = new AtomicInteger();
    private Level next;
    private Block found;
    private @Nullable Block present;
    private int position;
    private long states;

    /** How many states the set has room for, at which it stops. */
    private long most = Long.MAX_VALUE;

    /** States that the set has no room for yet: a single step may lead to very many. */
    private final Deque<long[]> late = new ArrayDeque<>();

    private long transitions;
    private long steps;
    private boolean broken;
    private boolean stopped;
    private volatile @Nullable Throwable failure;

    Worker(Program program, Layout layout, Checker checker, FingerprintSet seen) {
        this.machine = Machine.of(program, checker.memoryModel(), layout, checker.reduced());
        this.properties = new Properties(program, layout);
        this.symmetry = checker.reduced() ? Symmetry.of(program, layout) : null;
        this.arrivals = new Arrivals(seen, layout.words(), this);
        this.state = new long[layout.words()];
        this.reached = new long[layout.words()];
        this.next = new Level(layout.words());
        this.found = next.newBlock();
    }

    /** Puts the first states into a level. */
    void begin(Level level) {
        next = level;
        found = level.newBlock();
        machine.initial(this);
        flush();
        transitions = 0;
    }

    /** Says where states are and where new ones go. */
    void take(List<Block> newBlocks, AtomicInteger newNextBlock, Level newNext) {
        blocks = newBlocks;
        nextBlock = newNextBlock;
        next = newNext;
        found = newNext.newBlock();
        present = null;
    }

    /**
     * Looks at states until there are no more, or something has to be looked after.
     *
     * @param room how many new states the set has room for
     */
    void work(long room) {
        try {
            most = states + room;
            stopped = false;
            catchUp();
            if (late.isEmpty()) {
                look();
            }
            stopped |= !late.isEmpty();
            flush();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void catchUp() {
        while (!late.isEmpty() && states + arrivals.size() < most) {
            arrivals.add(late.remove());
        }
    }

    private void look() {
        long end = System.nanoTime() + NANOS_BETWEEN_STOPS;
        for (int looked = 1; ; looked++) {
            if (present == null || position == present.states()) {
                int index = nextBlock.getAndIncrement();
                if (index >= blocks.size()) {
                    present = null;
                    return;
                }
                present = blocks.get(index);
                position = 0;
            }
            boolean over = looked % STATES_BETWEEN_LOOKS == 0 && System.nanoTime() > end;
            if (over || states + arrivals.size() >= most) {
                stopped = true;
                return;
            }
            present.get(position++, state);
            steps = 0;
            machine.steps(state, this);
            transitions += steps;
            if (steps == 0) {
                end();
            }
        }
    }

    private void end() {
        if (!machine.isFinal(state) && machine.isStuck(state)) {
            broken = true;
        }
    }

    @Override
    public void step(long[] reached, int actor) {
        steps++;
        long[] next = symmetry == null ? reached : sorted(reached);
        if (states + arrivals.size() < most) {
            arrivals.add(next);
        } else {
            late.add(Arrays.copyOf(next, reached.length));
        }
    }

    @Override
    public void broken(long[] reached, int actor, String meaning) {
        step(reached, actor);
        broken |= machine.isReal(reached);
    }

    private long[] sorted(long[] unsorted) {
        System.arraycopy(unsorted, 0, reached, 0, reached.length);
        Objects.requireNonNull(symmetry).sort(reached);
        return reached;
    }

    @Override
    public void found(long[] reached) {
        states++;
        if (found.isFull()) {
            next.add(found);
            found = next.newBlock();
        }
        found.add(reached);
        if (properties.brokenIn(reached) != null
                || properties.brokenAtEnd(machine, reached) != null) {
            broken |= machine.isReal(reached);
        }
    }

    /** Hands over what it has found. */
    private void flush() {
        arrivals.look();
        next.add(found);
        found = next.newBlock();
    }

    /* ------------------------- Outcome ------------------------- */

    void rethrow() {
        switch (failure) {
            case null -> {}
            case OutOfMemoryError _ -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError(failure);
        }
    }

    boolean isOutOfMemory() {
        return failure instanceof OutOfMemoryError;
    }

    boolean isBroken() {
        return broken;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isWindowHit() {
        return machine.isWindowHit();
    }

    boolean isAddressLost() {
        return machine.isAddressLost();
    }

    long states() {
        return states;
    }

    long transitions() {
        return transitions;
    }

    Set<List<Long>> finals() {
        return properties.finals();
    }
}
