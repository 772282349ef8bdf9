// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.Workers.Background;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Target.Injection;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * librseq's {@code param_test}, shortened: its families {@code -T s l b m i r}, with {@code -M}, by
 * CPU id and by {@code mm_cid}, with rseq on all threads, on some ({@code -D}) and on none ({@code
 * -d}), and delays inside the sections ({@code -1} to {@code -6}) while threads are moved and
 * signalled.
 *
 * <p>The long matrix is {@code ./cpulocal stress}.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LibrseqParamTest {

    private static final int THREADS = 8;
    private static final int STEPS = 500;
    private static final int LOOPS = 2_000;
    private static final int NO_DELAY = -1;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** An instruction boundary among the first ops, by either index. */
    private static final int AMONG_OPS = 12;

    /** Before the section, behind the read of the index, and before and among the first ops. */
    private static final int[] DELAYS = {NO_DELAY, 0, 4, 10, AMONG_OPS};

    static Stream<Arguments> matrix() {
        Stream.Builder<Arguments> cases = Stream.builder();
        for (Family.Name family : Family.Name.values()) {
            for (IndexMode index : IndexMode.values()) {
                for (int delay : DELAYS) {
                    cases.add(Arguments.of(family, index, Threads.ALL, delay));
                }
                cases.add(Arguments.of(family, index, Threads.SOME, AMONG_OPS));
                cases.add(Arguments.of(family, index, Threads.NONE, NO_DELAY));
            }
        }
        return cases.build();
    }

    private static CpuMemory memory(IndexMode index, Threads threads, int delay) {
        Engine engine = Engine.of(index, threads);
        assertEquals(threads, engine.threads(), "rseq is available");
        return new CpuMemory(engine.with(new Injection(delay, LOOPS)), CpuMemory.MIN_STRIDE_BYTES);
    }

    private static long lost(Family family) throws Exception {
        try (Background _ =
                new Background(() -> {
                    family.manage();
                    return true;
                })) {
            Workers.runDisturbed(
                    THREADS,
                    thread -> {
                        for (int i = 0; i < STEPS; i++) {
                            family.step();
                        }
                        return thread;
                    });
        }
        return family.lost((long) THREADS * STEPS);
    }

    @ParameterizedTest(name = "{0}, {1}, rseq on {2}, delay at {3}")
    @MethodSource("matrix")
    void paramTestLosesNothing(Family.Name family, IndexMode index, Threads threads, int delay)
            throws Exception {
        assertEquals(0, lost(family.real(memory(index, threads, delay))));
    }

    static Stream<Arguments> imitations() {
        return Stream.of(Family.Name.values())
                .flatMap(family ->
                        Stream.of(IndexMode.values()).map(index -> Arguments.of(family, index)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("imitations")
    void paramTestWithoutSectionsLoses(Family.Name family, IndexMode index) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        int delay = AMONG_OPS;
        while (lost(family.careless(memory(index, Threads.ALL, delay))) == 0) {
            if (System.nanoTime() > deadline) {
                fail("an imitation lost nothing, so these tests prove nothing");
            }
        }
    }
}
