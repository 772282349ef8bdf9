// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.cpulocal.Cpu;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;

/** Where the calling thread runs, by the cheapest means of this platform, chosen once. */
public final class CurrentIndex {

    private static final MethodHandle UNKNOWN = MethodHandles.constant(int.class, Cpu.UNKNOWN);
    private static final MethodHandle CPU;
    private static final MethodHandle CONCURRENCY_ID;
    private static final MethodHandle NODE;

    static {
        RseqRuntime runtime = RseqRuntime.get();
        boolean rseq = runtime.availability().isAvailable();
        boolean registered = rseq && Libc.symbol("__rseq_size").map(Libc::intAt).orElse(0) > 0;
        // An area that threads register one by one says nothing in a thread that has not.
        CPU = registered ? runtime.reader(RseqAbi.CPU_ID) : schedGetcpu().orElse(UNKNOWN);
        CONCURRENCY_ID =
                registered && runtime.concurrencyId().isAvailable()
                        ? runtime.reader(RseqAbi.MM_CID)
                        : UNKNOWN;
        NODE =
                registered && runtime.concurrencyId().isAvailable()
                        ? runtime.reader(RseqAbi.NODE_ID)
                        : UNKNOWN;
    }

    private CurrentIndex() {}

    private static Optional<MethodHandle> schedGetcpu() {
        if (!Platform.nativeAccess().isAvailable()) {
            return Optional.empty();
        }
        return Libc.symbol("sched_getcpu")
                .map(function ->
                        Libc.linkCritical(function.address(), FunctionDescriptor.of(JAVA_INT)));
    }

    /** {@return the CPU} */
    public static int cpu() {
        return call(CPU);
    }

    /** {@return the concurrency id} */
    public static int concurrencyId() {
        return call(CONCURRENCY_ID);
    }

    /** {@return the node} */
    public static int node() {
        return call(NODE);
    }

    private static int call(MethodHandle handle) {
        try {
            return Math.max(Cpu.UNKNOWN, (int) handle.invokeExact());
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }
}
