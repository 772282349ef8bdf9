// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.machine.Symmetry;
import dev.cpulocal.lab.internal.search.Level.Block;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A thread's part of an exploration. */
final class Worker implements Machine.Sink {

    /** After how many states it looks whether it has to stop. */
    private static final int STATES_BETWEEN_LOOKS = 1 << 15;

    /** How many states are added to those seen at once. */
    private static final int BATCH = 64;

    private final Machine machine;
    private final Properties properties;
    private final @Nullable Symmetry symmetry;
    private final FingerprintSet seen;
    private final long[] state;
    private final long[] reached;
    private final long[] batch;
    private final long[] fingerprints = new long[BATCH];
    private int batched;

    /** Nobody reads it; it keeps the reads that fill it from being left out. */
    private long touched;

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
        this.seen = seen;
        this.state = new long[layout.words()];
        this.reached = new long[layout.words()];
        this.batch = new long[BATCH * layout.words()];
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
        while (!late.isEmpty() && states + batched < most) {
            add(late.remove());
        }
    }

    private void look() {
        int left = STATES_BETWEEN_LOOKS;
        while (true) {
            if (present == null || position == present.states()) {
                int index = nextBlock.getAndIncrement();
                if (index >= blocks.size()) {
                    present = null;
                    return;
                }
                present = blocks.get(index);
                position = 0;
            }
            if (left-- == 0 || states + batched >= most) {
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
        if (states + batched < most) {
            add(next);
        } else {
            late.add(next.clone());
        }
    }

    private void add(long[] next) {
        System.arraycopy(next, 0, batch, batched * next.length, next.length);
        fingerprints[batched++] = FingerprintSet.fingerprint(next);
        if (batched == BATCH) {
            addBatch();
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

    /** Adds states to those seen, many at a time: see {@link FingerprintSet#touch}. */
    private void addBatch() {
        for (int i = 0; i < batched; i++) {
            touched += seen.touch(fingerprints[i]);
        }
        for (int i = 0; i < batched; i++) {
            if (seen.add(fingerprints[i])) {
                System.arraycopy(batch, i * reached.length, reached, 0, reached.length);
                found(reached);
            }
        }
        batched = 0;
    }

    private void found(long[] reached) {
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
        addBatch();
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

    /** {@return something that depends on all reads of the set} */
    long touched() {
        return touched;
    }

    long transitions() {
        return transitions;
    }

    Set<List<Long>> finals() {
        return properties.finals();
    }
}
