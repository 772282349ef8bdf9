// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.CpuSet;
import dev.cpulocal.internal.Target.Injection;
import dev.cpulocal.internal.Target.Rendezvous;
import dev.cpulocal.internal.WaitingThread.Place;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread that calls emitted code and is held at one of its boundaries until it is let go. */
final class HeldThread implements AutoCloseable {

    /** Some seconds, after which code that nobody lets go goes on by itself. */
    private static final int TURNS = 1_000_000_000;

    private static final long PATIENCE_SECONDS = 30;
    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final long ENTERED = 0;
    private static final long HELD = 64;

    // Never freed: emitted code, which lives for ever, has the address.
    private static final MemorySegment WORDS = Arena.global().allocate(128, 64);

    private final ExecutorService executor = executor("held");
    private final ExecutorService competitor = executor("competitor");
    private final CpuSet cpu;
    private final int thread;
    private @Nullable Future<Long> call;
    private volatile Place before = Place.NOWHERE;
    private volatile Place after = Place.NOWHERE;

    /** Starts it, on one CPU. */
    HeldThread(CpuSet cpu) throws Exception {
        this.cpu = cpu;
        this.thread = executor.submit(Libc::gettid).get();
        assertTrue(competitor.submit(() -> Disturbance.migrate(0, cpu)).get());
    }

    private static ExecutorService executor(String name) {
        return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
    }

    /** {@return what holds it at a boundary} Only one such thread can be held at a time. */
    static Injection at(int point) {
        long words = WORDS.address();
        return new Injection(point, new Rendezvous(words + ENTERED, words + HELD, TURNS));
    }

    /** {@return code that can be called while it waits: the thread is in native state meanwhile} */
    @SuppressWarnings("restricted")
    static MethodHandle link(Code code, int arguments) {
        MemoryLayout[] longs =
                Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new);
        return Linker.nativeLinker()
                .downcallHandle(
                        RseqRuntime.publish("held", code), FunctionDescriptor.of(JAVA_LONG, longs))
                .asSpreader(long[].class, arguments);
    }

    /** Begins a call on this thread's CPU; {@return whether it is now held at its boundary}. */
    boolean call(MethodHandle code, long... arguments) throws Exception {
        WORD.setVolatile(WORDS, ENTERED, 0L);
        WORD.setVolatile(WORDS, HELD, 1L);
        long[] copy = arguments.clone();
        Future<Long> running = executor.submit(() -> enter(code, copy));
        call = running;
        await(() -> isEntered() || running.isDone());
        return isEntered() && !running.isDone();
    }

    private long enter(MethodHandle code, long[] arguments) throws Exception {
        assertTrue(Disturbance.migrate(0, cpu));
        before = Place.current();
        try {
            long result = (long) code.invokeExact(arguments);
            after = Place.current();
            return result;
        } catch (Throwable e) {
            throw new IllegalStateException("call of " + Arrays.toString(arguments), e);
        }
    }

    /** {@return whether the last call came to its boundary} */
    boolean isEntered() {
        return (long) WORD.getVolatile(WORDS, ENTERED) != 0;
    }

    /** Lets it go. */
    void release() {
        WORD.setVolatile(WORDS, HELD, 0L);
    }

    /** Has it let go by another thread on its CPU, which runs only when this one does not. */
    void releaseByCompetitor() throws Exception {
        competitor.submit(this::release).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** {@return what the call returns, once it is let go} */
    long result() throws InterruptedException, ExecutionException {
        try {
            if (call == null) {
                throw new IllegalStateException("call: none (expected: one)");
            }
            return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return fail("the call does not return", e);
        }
    }

    /** {@return its number for the kernel} */
    int thread() {
        return thread;
    }

    /** {@return whether it was switched out during the call} */
    boolean switched() {
        return before.switches() != after.switches();
    }

    /** {@return whether the call ended on another CPU} */
    boolean moved() {
        return before.cpu() != after.cpu();
    }

    /** Waits until a signal that was sent to it has reached it. */
    void awaitSignal() throws InterruptedException {
        Path status = Path.of("/proc/self/task/" + thread + "/status");
        await(() -> {
            try {
                return Files.readAllLines(status).stream()
                        .anyMatch(line -> line.matches("SigPnd:\\s*0+"));
            } catch (IOException e) {
                return fail(e);
            }
        });
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "nothing happens");
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        release();
        executor.shutdown();
        competitor.shutdown();
    }
}
