// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.Membarrier.Command;
import dev.cpulocal.Rseq.Threads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * Two words on each CPU, of which one is active: threads add to that one. A manager makes the other
 * one active, fences a CPU, and from then on the inactive word of that CPU must not change.
 *
 * <p>If all threads run machine code, they do nothing but attempts, and the fence is the bare
 * membarrier: of the CPU, or of all where the index is no CPU. Else an addition may be completed
 * under the stop word, where no membarrier ends it, and the fence is the execution of a sequence on
 * the range, which waits for the word.
 */
final class ActiveLists implements Family {

    private static final int LOOKS = 500;
    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private static final Sequence ADD_TO_ACTIVE =
            Sequence.build(
                    "add-to-active",
                    s -> {
                        var active = s.segment("active");
                        var word = s.load(active.at(0));
                        s.commitAdd(Place.offset(word, 0), s.constant(1));
                    });

    /** The bound {@link #ADD_TO_ACTIVE}. */
    interface AddToActive {
        long add(MemorySegment active);
    }

    private final CpuMemory memory;
    private final Item words;
    private final MemorySegment active = Arena.ofAuto().allocate(JAVA_LONG);
    private final AtomicLong changes = new AtomicLong();
    private final MethodHandle attempt;
    private final AddToActive complete;
    private final boolean attemptsOnly;
    private final IntConsumer fence;
    private int inactive = Long.BYTES;
    private int range;

    private ActiveLists(CpuMemory memory, boolean fenced) {
        this.memory = memory;
        words = memory.allocate(2 * Long.BYTES);
        active.set(JAVA_LONG, 0, words.offset());
        attemptsOnly = memory.internals().engine().threads() == Threads.ALL;
        attempt = memory.internals().link(ADD_TO_ACTIVE);
        complete = memory.bind(ADD_TO_ACTIVE, AddToActive.class, MethodHandles.lookup());
        fence = fenced ? this::fence : _ -> {};
    }

    static Family fenced(CpuMemory memory) {
        return new ActiveLists(memory, true);
    }

    /** An imitation: only the active word is changed. */
    static Family notFenced(CpuMemory memory) {
        return new ActiveLists(memory, false);
    }

    @Override
    public void step() {
        if (!attemptsOnly) {
            complete.add(active);
            return;
        }
        long result;
        do {
            result = attempt();
        } while (Result.isTransient(result));
    }

    private long attempt() {
        try {
            return (long) attempt.invokeExact(memory.internals().base(), active);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private void fence(int fenced) {
        if (!attemptsOnly) {
            memory.execute(fenced, Sequences.LOAD_ADD_STORE, words, 0);
            return;
        }
        switch (memory.indexMode()) {
            case CPU_ID -> Membarrier.fenceRseq(fenced);
            case CONCURRENCY_ID -> Membarrier.fence(Command.PRIVATE_EXPEDITED_RSEQ);
        }
    }

    @Override
    public void manage() {
        range = (range + 1) % memory.ranges();
        WORD.setRelease(active, 0L, (long) words.offset() + inactive);
        inactive = Long.BYTES - inactive;
        fence.accept(range);
        long expected = memory.getOpaque(words, inactive, range);
        for (int i = 0; i < LOOKS; i++) {
            if (memory.getOpaque(words, inactive, range) != expected) {
                changes.incrementAndGet();
                return;
            }
        }
    }

    @Override
    public long lost(long steps) {
        long sum = 0;
        for (int of = 0; of < memory.ranges(); of++) {
            sum += memory.getOpaque(words, 0, of) + memory.getOpaque(words, Long.BYTES, of);
        }
        return changes.get() + Math.abs(steps - sum);
    }
}
