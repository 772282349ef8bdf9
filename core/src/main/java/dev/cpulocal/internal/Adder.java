// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import java.lang.invoke.MethodHandle;

/** The linked {@link CounterMemory#ADD} of one memory. */
public final class Adder {

    /*
     * The JIT inlines a downcall only if its handle is a constant, and a call only if it sees few
     * implementations. So there is one class, with a constant for each of the two engines that a
     * process uses and the stride that counters have by default. Any other handle is called as it is:
     * several times slower, and only for rows of more than eight thousand counters, and in tests.
     */

    /** Linked when first used. */
    private static final class ByCpu {
        static final MethodHandle ADD = link(IndexMode.CPU_ID);
    }

    /** Linked when first used. */
    private static final class ByConcurrencyId {
        static final MethodHandle ADD = link(IndexMode.CONCURRENCY_ID);
    }

    private final boolean byCpu;
    private final boolean byConcurrencyId;
    private final MethodHandle handle;

    /**
     * Links.
     *
     * @param ranges the memory
     */
    Adder(Ranges ranges) {
        IndexMode index = ranges.engine().index();
        byCpu = ranges.areUsual() && index == IndexMode.CPU_ID;
        byConcurrencyId = ranges.areUsual() && index == IndexMode.CONCURRENCY_ID;
        handle =
                byCpu
                        ? ByCpu.ADD
                        : byConcurrencyId ? ByConcurrencyId.ADD : ranges.link(CounterMemory.ADD);
    }

    private static MethodHandle link(IndexMode index) {
        return Engine.of(index)
                .link(CounterMemory.ADD, CpuMemory.DEFAULT_STRIDE_BYTES, Ranges.countOfAll());
    }

    /** {@return whether its handle is a constant} */
    public boolean isConstant() {
        return byCpu || byConcurrencyId;
    }

    /**
     * Tries once.
     *
     * @param base the base of the memory
     * @param offset of the counter
     * @param count what to add
     * @return the result, possibly transient
     */
    public long add(long base, long offset, long count) {
        try {
            return byCpu
                    ? (long) ByCpu.ADD.invokeExact(base, offset, count)
                    : byConcurrencyId
                            ? (long) ByConcurrencyId.ADD.invokeExact(base, offset, count)
                            : (long) handle.invokeExact(base, offset, count);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }
}
