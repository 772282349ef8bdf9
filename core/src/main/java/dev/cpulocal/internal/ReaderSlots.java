// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Op.Condition;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Some words on each CPU, one for each read section that began there by a restartable sequence. */
public final class ReaderSlots {

    /*
     * The words of a CPU
     * ------------------
     *     | home | slot 0 | slot 1 | ... | slot 31 |
     *
     * A slot is 0 when it is free. A section claims one on the CPU it begins on, and stores there in
     * which epoch it began; it frees it by a plain store of 0, on whatever CPU it is then. So a section
     * costs one sequence and one store. Nobody interferes with the sequence, which loads a 0, and
     * stores something else: other sequences of the CPU run before or after, and who frees a slot does
     * it only while it is not 0.
     *
     * A sequence does not know on which CPU it runs. So each CPU has its own home: the address of its
     * first slot. It is 0 on a CPU where no section has begun yet; there the sequence leaves, and the
     * word is set. Nobody has claimed a slot of a CPU without a home, so those who wait for readers
     * need not look there.
     *
     * Which slot
     * ----------
     * Threads that lose their CPU inside a section keep their slots, and the next ones that come should
     * not have to search. So a thread begins with a slot that depends on its number, and tries the next
     * ones only if that is taken: by a thread whose number is a multiple of 32 away, or by itself, in a
     * section around this one. After some tries it has to go elsewhere.
     */

    /** The answer of {@link #claim} if no slot could be had. */
    static final long NONE = -1;

    /** {@code if (*slot != 0) leave; if (*home == 0) leave; *slot = epoch; return *home}. */
    public static final Sequence CLAIM = claim();

    private static final int SLOTS = 32;

    /** How many words of a memory it needs. */
    static final int WORDS = 1 + SLOTS;

    private static final int SHIFT = 3;
    private static final long OFFSETS = (SLOTS - 1L) << SHIFT;
    private static final int MORE_TRIES = 2;
    private static final long TAKEN = Result.unequal(0);
    private static final long HOMELESS = Result.unequal(1);
    private static final VarHandle WORD = JAVA_LONG.varHandle();

    /** Linked when first used; a constant, as in {@link Adder}. */
    private static final class ByCpu {
        static final MethodHandle CLAIM = link(IndexMode.CPU_ID);
    }

    /** Linked when first used. */
    private static final class ByConcurrencyId {
        static final MethodHandle CLAIM = link(IndexMode.CONCURRENCY_ID);
    }

    /**
     * All memory: a constant, so that an access is a few instructions. An access to a segment that
     * the JIT does not know is too long to be compiled into its callers.
     */
    private static final class Everything {
        static final MemorySegment MEMORY = Libc.memory(0, Long.MAX_VALUE);
    }

    private final Ranges ranges;
    private final boolean byCpu;
    private final boolean byConcurrencyId;
    private final boolean usesRseq;
    private final MethodHandle handle;
    private final long base;

    /** From the beginning of a range to the first slot, behind the home. */
    private final long first;

    private final long firstAddress;
    private final long foreignBits;
    private final long lastOffset;

    /** Uses {@link #WORDS} words of the restartable half of a block. */
    ReaderSlots(CounterMemory.Block block) {
        ranges = block.memory().restartable();
        IndexMode index = ranges.engine().index();
        byCpu = ranges.areUsual() && index == IndexMode.CPU_ID;
        byConcurrencyId = ranges.areUsual() && index == IndexMode.CONCURRENCY_ID;
        usesRseq = ranges.engine().usesRseq();
        handle = byCpu ? ByCpu.CLAIM : byConcurrencyId ? ByConcurrencyId.CLAIM : ranges.link(CLAIM);
        base = ranges.base();
        first = block.offset() + (long) Long.BYTES;
        firstAddress = base + first;
        long stride = ranges.strideBytes();
        long roundedCount = Integer.highestOneBit(2 * ranges.count() - 1);
        foreignBits = ~((roundedCount - 1) * stride | OFFSETS);
        lastOffset = (ranges.count() - 1) * stride + OFFSETS;
    }

    private static MethodHandle link(IndexMode index) {
        return Engine.of(index).link(CLAIM, CpuMemory.DEFAULT_STRIDE_BYTES, Ranges.countOfAll());
    }

    private static Sequence claim() {
        Sequence stoppable =
                Sequence.build(
                        "rcu-read-lock",
                        s -> {
                            var slot = s.item("slot", Long.BYTES);
                            var home = s.item("home", Long.BYTES);
                            var epoch = s.number("epoch");
                            s.leaveIf(s.load(slot.at(0)), Condition.NOT_EQUAL, 0);
                            var here = s.load(home.at(0));
                            s.leaveIf(here, Condition.EQUAL, 0);
                            s.commit(slot.at(0), epoch);
                            s.returns(here);
                        });
        return new Sequence(
                stoppable.name(),
                stoppable.parameters(),
                stoppable.ops(),
                stoppable.result(),
                false);
    }

    /** {@return whether some threads can claim one} */
    boolean usesRseq() {
        return usesRseq;
    }

    /* ------------------------- Readers ------------------------- */

    /**
     * Claims a slot of the current CPU. It orders nothing.
     *
     * @param thread the caller
     * @param epoch what to store in it, positive
     * @return its address, for {@link #free}; or {@link #NONE}
     */
    long claim(Thread thread, long epoch) {
        long offset = thread.threadId() << SHIFT & OFFSETS;
        long result = tryClaim(offset, epoch);
        return result > 0 ? result + offset : claimAfter(result, offset, epoch);
    }

    /** {@return the address of the first slot of the CPU, or a code, which is negative} */
    private long tryClaim(long offset, long epoch) {
        try {
            return byCpu
                    ? (long)
                            ByCpu.CLAIM.invokeExact(base, first + offset, first - Long.BYTES, epoch)
                    : tryClaimOtherwise(offset, epoch);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    private long tryClaimOtherwise(long offset, long epoch) throws Throwable {
        if (byConcurrencyId) {
            return (long)
                    ByConcurrencyId.CLAIM.invokeExact(
                            base, first + offset, first - Long.BYTES, epoch);
        }
        return usesRseq
                ? (long) handle.invokeExact(base, first + offset, first - Long.BYTES, epoch)
                : Result.UNREGISTERED;
    }

    private long claimAfter(long failure, long failed, long epoch) {
        long offset = failed;
        long result = failure;
        for (int tries = 0; tries < MORE_TRIES; tries++) {
            if (result == TAKEN) {
                offset = offset + Long.BYTES & OFFSETS;
            } else if (result == HOMELESS) {
                settle(ranges.current());
            } else if (result == Result.UNREGISTERED && !ranges.engine().registerThread()) {
                break;
            }
            result = tryClaim(offset, epoch);
            if (result > 0) {
                return result + offset;
            }
        }
        return NONE;
    }

    private void settle(int range) {
        long start = (long) range * ranges.strideBytes();
        ranges.setOpaque(range, (int) first - Long.BYTES, firstAddress + start);
    }

    /**
     * Frees a slot, after everything that the caller did before.
     *
     * @param slot its address, or any other number
     * @return whether it was claimed
     */
    boolean free(long slot) {
        long offset = slot - firstAddress;
        boolean isSlot = (offset & foreignBits) == 0 && offset <= lastOffset;
        if (!isSlot || (long) WORD.getOpaque(Everything.MEMORY, slot) == 0) {
            return false;
        }
        WORD.setRelease(Everything.MEMORY, slot, 0L);
        return true;
    }

    /* ------------------------- Those who wait ------------------------- */

    /**
     * {@return whether all sections have ended that began before an epoch} Those that were visible
     * to the caller happen before what it does next.
     */
    boolean areFreeBefore(long epoch) {
        return claimedBefore(epoch) == 0;
    }

    /** {@return how many are claimed, as far as can be seen} */
    long claimed() {
        return claimedBefore(Long.MAX_VALUE);
    }

    private long claimedBefore(long epoch) {
        long claimed = 0;
        for (int range = 0; range < ranges.count(); range++) {
            int used = isSettled(range) ? SLOTS : 0;
            for (int slot = 0; slot < used; slot++) {
                long began = get(range, slot);
                claimed += began != 0 && began < epoch ? 1 : 0;
            }
        }
        return claimed;
    }

    private boolean isSettled(int range) {
        return ranges.getAcquire(range, (int) first - Long.BYTES) != 0;
    }

    private long get(int range, int slot) {
        return ranges.getAcquire(range, (int) first + slot * Long.BYTES);
    }
}
