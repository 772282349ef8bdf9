// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.machine.Instruction.Fence;
import org.jspecify.annotations.Nullable;

/** What the kernel makes of its primitives on the machines of a memory model. */
enum Lowering {

    /*
     * As in arch/x86, arch/arm64 (with the atomics of LSE) and arch/riscv of Linux 6.x. What LKMM
     * leaves open and an architecture does not, such as a relaxed atomic operation on x86, has the
     * strength that it has there.
     *
     *                          x86              arm64              riscv
     *     smp_load_acquire     mov              ldar               l; fence r,rw
     *     smp_store_release    mov              stlr               fence rw,w; s
     *     smp_mb               lock addl        dmb ish            fence rw,rw
     *     smp_rmb              -                dmb ishld          fence r,r
     *     smp_wmb              -                dmb ishst          fence w,w
     *     relaxed atomics      lock …           ld…, swp, cas      amo…
     *     _acquire             lock …           ld…a               amo…; fence r,rw
     *     _release             lock …           ld…l               fence rw,w; amo…
     *     fully ordered        lock …           ld…al              amo….aqrl
     *     smp_mb__before_atomic, smp_mb__after_atomic, smp_mb__after_spinlock
     *                          -                dmb ish            fence rw,rw
     *
     * SC and PSO have no port. They are taken for an x86 without a store buffer, and for one whose
     * stores leave the buffer in any order, so that smp_wmb() and smp_store_release() order them there.
     */

    /** x86, and the machines that are like it but for the order of stores. */
    LOCKED,
    /** arm64. */
    ARM64,
    /** riscv. */
    RISCV;

    private static final int READS = dev.cpulocal.lab.internal.machine.Instruction.READS;
    private static final int WRITES = dev.cpulocal.lab.internal.machine.Instruction.WRITES;
    private static final Fence FULL = new Fence(READS | WRITES, READS | WRITES);
    private static final Fence AFTER_ACQUIRE = new Fence(READS, READS | WRITES);
    private static final Fence BEFORE_RELEASE = new Fence(READS | WRITES, WRITES);

    /**
     * How an access is ordered.
     *
     * @param before a barrier before it, or null
     * @param order its own order
     * @param after a barrier after it, or null
     */
    record Marking(@Nullable Fence before, Order order, @Nullable Fence after) {
        private static Marking of(Order order) {
            return new Marking(null, order, null);
        }
    }

    /** {@return what is for a memory model} */
    static Lowering of(MemoryModel model) {
        return switch (model) {
            case SC, TSO, PSO -> LOCKED;
            case ARMV8 -> ARM64;
            case RISCV -> RISCV;
        };
    }

    /** {@return how a load or a store is ordered; atomic operations have their own order} */
    Marking access(Tag tag) {
        return switch (tag) {
            case ACQUIRE ->
                    this == RISCV
                            ? new Marking(null, Order.PLAIN, AFTER_ACQUIRE)
                            : Marking.of(Order.ACQUIRE);
            case RELEASE ->
                    this == RISCV
                            ? new Marking(BEFORE_RELEASE, Order.PLAIN, null)
                            : Marking.of(Order.RELEASE);
            default -> Marking.of(Order.PLAIN);
        };
    }

    /** {@return how an atomic operation is ordered} */
    Marking update(Tag tag) {
        if (this == LOCKED) {
            return Marking.of(Order.FULL);
        }
        return tag == Tag.MB ? Marking.of(Order.ACQUIRE_RELEASE) : access(tag);
    }

    /** {@return the instruction of a barrier; null if it is one for the compiler alone} */
    @Nullable Fence barrier(Tag tag) {
        return switch (tag) {
            case MB -> FULL;
            case RMB -> new Fence(READS, this == ARM64 ? READS | WRITES : READS);
            case WMB -> new Fence(WRITES, WRITES);
            case BEFORE_ATOMIC, AFTER_ATOMIC, AFTER_SPINLOCK -> this == LOCKED ? null : FULL;
            default -> null;
        };
    }
}
