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
        Fields fields = find();
        CPU = fields.cpu;
        CONCURRENCY_ID = fields.concurrencyId;
        NODE = fields.node;
    }

    private record Fields(MethodHandle cpu, MethodHandle concurrencyId, MethodHandle node) {}

    private static Fields find() {
        try {
            return find(RseqRuntime.get());
        } catch (IllegalArgumentException e) {
            // A setting makes no sense. Each call says so: a failed initializer would only once.
            MethodHandle fail =
                    MethodHandles.throwException(int.class, IllegalArgumentException.class)
                            .bindTo(e);
            return new Fields(fail, fail, fail);
        }
    }

    private static Fields find(RseqRuntime runtime) {
        // An area that threads register one by one says nothing in a thread that has not.
        boolean registered = runtime.registersAtStart();
        boolean ids = registered && runtime.concurrencyId().isAvailable();
        return new Fields(
                registered ? runtime.reader(RseqAbi.CPU_ID) : schedGetcpu().orElse(UNKNOWN),
                ids ? runtime.reader(RseqAbi.MM_CID) : UNKNOWN,
                ids ? runtime.reader(RseqAbi.NODE_ID) : UNKNOWN);
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
