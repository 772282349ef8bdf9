// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuSet;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** The functions of the C library that are called, one method each. */
public final class Libc {

    /*
     * All calls here are ordinary downcalls: the thread is in native state, so no safepoint waits for
     * it. And all use one handle, (address, six longs) -> long, whatever the function's type: for
     * every distinct type the JVM spins an adapter, which takes milliseconds at start-up. In the C
     * calling conventions of 64-bit Linux, arguments that a function does not have are registers that
     * it does not read, an int argument is the low half of a sign-extended register, and an int result
     * is the low half of the result register.
     *
     * A failed call returns the negative error number, as the kernel does.
     */

    /** Pages can be read (Linux {@code asm-generic/mman-common.h}). */
    public static final int PROT_READ = 1;

    /** Pages can be written. */
    public static final int PROT_WRITE = 2;

    /** Pages can be executed. */
    public static final int PROT_EXEC = 4;

    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle CALL = linkCall();

    private static final MemorySegment SYSCALL = LIBC.findOrThrow("syscall");
    private static final MemorySegment MMAP = LIBC.findOrThrow("mmap");
    private static final MemorySegment MPROTECT = LIBC.findOrThrow("mprotect");
    private static final MemorySegment MUNMAP = LIBC.findOrThrow("munmap");
    private static final MemorySegment MADVISE = LIBC.findOrThrow("madvise");
    private static final MemorySegment GETPID = LIBC.findOrThrow("getpid");
    private static final MemorySegment GETTID = LIBC.findOrThrow("gettid");
    private static final MemorySegment GETRUSAGE = LIBC.findOrThrow("getrusage");
    private static final MemorySegment GETAUXVAL = LIBC.findOrThrow("getauxval");
    private static final MemorySegment SCHED_SETAFFINITY = LIBC.findOrThrow("sched_setaffinity");
    private static final MemorySegment SCHED_GETAFFINITY = LIBC.findOrThrow("sched_getaffinity");
    private static final MemorySegment SIGACTION = LIBC.findOrThrow("sigaction");

    private static final int CPU_MASK_BYTES = 8192;

    private Libc() {}

    @SuppressWarnings("restricted")
    private static MethodHandle linkCall() {
        FunctionDescriptor type =
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        JAVA_LONG);
        return LINKER.downcallHandle(type, Linker.Option.captureCallState("errno"));
    }

    /** {@return the address of a symbol of the C library or the dynamic loader} */
    public static Optional<MemorySegment> symbol(String name) {
        return LIBC.find(name);
    }

    /** {@return memory at an address, of a size that the caller answers for} */
    @SuppressWarnings("restricted")
    public static MemorySegment memory(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /**
     * {@return a handle on machine code that is short, calls nothing and does not wait}
     *
     * <p>Calling it costs little more than calling a function in C: the thread stays in Java state,
     * so a safepoint waits for its return.
     *
     * @param address where it begins
     * @param type its C type
     */
    @SuppressWarnings("restricted")
    public static MethodHandle linkCritical(long address, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                MemorySegment.ofAddress(address), type, Linker.Option.critical(false));
    }

    /**
     * {@return what a function returns}
     *
     * @param function its address
     * @param arguments up to six
     */
    public static long call(MemorySegment function, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena.allocate(CAPTURED), function, arguments);
        }
    }

    private static long call(MemorySegment state, MemorySegment function, long... arguments) {
        long[] all = Arrays.copyOf(arguments, 6);
        try {
            return (long)
                    CALL.invokeExact(
                            function, state, all[0], all[1], all[2], all[3], all[4], all[5]);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Calls a function that returns -1 and sets errno when it fails. */
    private static long checked(MemorySegment function, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            long result = call(state, function, arguments);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        }
    }

    /** The same for a function that returns int. */
    private static int checkedInt(MemorySegment function, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            int result = (int) call(state, function, arguments);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        }
    }

    /** syscall(2) with up to four arguments. */
    public static long syscall(long number, long a, long b, long c, long d) {
        return checked(SYSCALL, number, a, b, c, d);
    }

    /** mmap(2) of private, anonymous, unreserved memory. */
    public static long mmap(long bytes, int protection) {
        return checked(
                MMAP, 0, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }

    /** mprotect(2). */
    public static int mprotect(long address, long bytes, int protection) {
        return checkedInt(MPROTECT, address, bytes, protection);
    }

    /** munmap(2). */
    public static int munmap(long address, long bytes) {
        return checkedInt(MUNMAP, address, bytes);
    }

    /**
     * {@return memory that is unmapped when nobody can reach it}
     *
     * @param bytes its size
     * @param alignment a power of two
     * @param arena whose scope it has
     * @throws OutOfMemoryError if there is no address space left
     */
    @SuppressWarnings("restricted")
    static MemorySegment mapUntilCollected(long bytes, long alignment, Arena arena) {
        long size = bytes + alignment;
        long address = mmap(size, PROT_READ | PROT_WRITE);
        if (address < 0) {
            throw new OutOfMemoryError("mmap of " + size + " bytes: " + Errno.name((int) -address));
        }
        long aligned = (address + alignment - 1) & -alignment;
        return MemorySegment.ofAddress(aligned)
                .reinterpret(bytes, arena, _ -> munmap(address, size));
    }

    private static final int MADV_DONTNEED = 4;

    /** madvise(2): gives whole pages back to the system; they are zero when they are used again. */
    static int discard(MemorySegment pages) {
        return checkedInt(MADVISE, pages.address(), pages.byteSize(), MADV_DONTNEED);
    }

    /** gettid(2): the number of the carrier if the caller is a virtual thread. */
    public static int gettid() {
        return (int) call(GETTID);
    }

    /** getpid(2). */
    public static int getpid() {
        return (int) call(GETPID);
    }

    /** getcpu(2), asked of the kernel itself; -1 if it refuses. */
    public static int getcpu() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cpu = arena.allocate(JAVA_INT);
            int number = Architecture.current().orElseThrow().getcpuNumber();
            return syscall(number, cpu.address(), 0, 0, 0) < 0 ? -1 : cpu.get(JAVA_INT, 0);
        }
    }

    private static final int RUSAGE_THREAD = 1;
    private static final int RUSAGE_BYTES = 144;
    private static final int RU_NVCSW = 128;
    private static final int RU_NIVCSW = 136;

    /** getrusage(2): how often the calling thread gave up its CPU, or had to. */
    static long contextSwitches() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment usage = arena.allocate(RUSAGE_BYTES, Long.BYTES);
            return checkedInt(GETRUSAGE, RUSAGE_THREAD, usage.address()) < 0
                    ? -1
                    : usage.get(JAVA_LONG, RU_NVCSW) + usage.get(JAVA_LONG, RU_NIVCSW);
        }
    }

    /** getauxval(3); 0 for an entry that the kernel did not pass. */
    public static long getauxval(long type) {
        return call(GETAUXVAL, type);
    }

    /** sched_setaffinity(2); thread 0 is the caller. */
    public static int setAffinity(int thread, CpuSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(CPU_MASK_BYTES, Long.BYTES);
            cpus.stream()
                    .forEach(cpu -> {
                        long word = mask.getAtIndex(JAVA_LONG, cpu >> 6) | 1L << cpu;
                        mask.setAtIndex(JAVA_LONG, cpu >> 6, word);
                    });
            return checkedInt(SCHED_SETAFFINITY, thread, CPU_MASK_BYTES, mask.address());
        }
    }

    /** sched_getaffinity(2); thread 0 is the caller. */
    public static CpuSet affinity(int thread) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(CPU_MASK_BYTES, Long.BYTES);
            int result = checkedInt(SCHED_GETAFFINITY, thread, CPU_MASK_BYTES, mask.address());
            if (result < 0) {
                throw new IllegalStateException("sched_getaffinity: " + Errno.name(-result));
            }
            return CpuSet.of(BitSet.valueOf(mask.toArray(JAVA_LONG)).stream().toArray());
        }
    }

    /*
     * struct sigaction of glibc and musl on 64-bit machines (the kernel's is laid out otherwise):
     * handler 8 bytes, mask 128, flags 4, padding 4, restorer 8.
     */
    private static final int SIGACTION_BYTES = 152;
    private static final int SA_FLAGS = 136;
    private static final int SA_RESTART = 0x1000_0000;

    /** {@return whether a signal still has its default action} */
    public static boolean isDefault(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(SIGACTION_BYTES, Long.BYTES);
            return checkedInt(SIGACTION, signal, 0, old.address()) == 0
                    && old.get(JAVA_LONG, 0) == 0;
        }
    }

    /** Sets the handler of a signal, with SA_RESTART. */
    public static int setHandler(int signal, long handler) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(SIGACTION_BYTES, Long.BYTES);
            action.set(JAVA_LONG, 0, handler);
            action.set(JAVA_INT, SA_FLAGS, SA_RESTART);
            return checkedInt(SIGACTION, signal, action.address(), 0);
        }
    }

    static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    /** {@return the 4 bytes at a symbol} */
    static int intAt(MemorySegment symbol) {
        return memory(symbol.address(), JAVA_INT.byteSize()).get(JAVA_INT, 0);
    }

    /** {@return the 8 bytes at a symbol} */
    static long longAt(MemorySegment symbol) {
        return memory(symbol.address(), JAVA_LONG.byteSize()).get(JAVA_LONG, 0);
    }

    /** Copies bytes to memory at an address. */
    static void write(long address, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory(address, bytes.length), JAVA_BYTE, 0, bytes.length);
    }
}
