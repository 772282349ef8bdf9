// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What kernels do besides restarting sections: run, move and signal threads. */
class KernelTest {

    /* ------------------------- Scheduling ------------------------- */

    /** Where two lines of a thread run, with or without a kernel thread. */
    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "ARMV8"})
    void threadsRunAnywhereAndEnd(MemoryModel memoryModel) {
        for (int kthreads = 0; kthreads < 2; kthreads++) {
            Verdict verdict = places(memoryModel, 3, kthreads);

            List<List<Long>> everywhere =
                    List.of(List.of(0L, 0L), List.of(0L, 1L), List.of(1L, 0L), List.of(1L, 1L));
            assertEquals(everywhere, verdict.finals());
        }
    }

    /** Where nobody waits, nobody is preempted. */
    @Test
    void kernelThreadsTakeCpusFromThreads() {
        assertEquals(List.of(List.of(0L, 0L)), places(MemoryModel.SC, 2, 0).finals());
        assertEquals(4, places(MemoryModel.SC, 2, 1).finals().size());
    }

    private static Verdict places(MemoryModel memoryModel, int threads, int kthreads) {
        Model model =
                Model.build(
                        "places",
                        m -> {
                            Kernel kernel =
                                    new Kernel(
                                            m,
                                            Kernel.Config.of(2, threads)
                                                    .with(Signals.NONE)
                                                    .withKthreads(kthreads));
                            Variable at = m.ghosts("at", 2, -1);
                            kernel.thread(
                                    "A",
                                    c -> {
                                        c.set(at.get(0), new Expr.Cpu());
                                        c.set(at.get(1), new Expr.Cpu());
                                    });
                            Variable line = m.ghost("line", 0);
                            for (int thread = 1; thread < threads; thread++) {
                                kernel.thread("T" + thread, c -> c.set(line.get(), 1));
                            }
                            for (int kthread = 0; kthread < kthreads; kthread++) {
                                kernel.kthread("K" + kthread);
                            }
                            m.observe(at.get(0));
                            m.observe(at.get(1));
                        });
        return Checker.of(memoryModel).withThreads(1).check(model);
    }

    /* ------------------------- Signals ------------------------- */

    @Test
    void oneSignalComesAtMostOnceToEachThread() {
        assertEquals(List.of(List.of(0L), List.of(1L)), signals(Signals.ONE, 1));
        assertEquals(List.of(List.of(0L), List.of(1L), List.of(2L)), signals(Signals.ONE, 2));
    }

    /** Those that come any time have a handler that does nothing. */
    @Test
    void otherSignalsRunNoHandler() {
        assertEquals(List.of(List.of(0L)), signals(Signals.NONE, 1));
        assertEquals(List.of(List.of(0L)), signals(Signals.ANY_TIME, 1));
    }

    private static List<List<Long>> signals(Signals signals, int threads) {
        Model model =
                Model.build(
                        "signals",
                        m -> {
                            Kernel kernel =
                                    new Kernel(m, Kernel.Config.of(1, threads).with(signals));
                            Variable handled = m.ghost("handled", 0);
                            Variable line = m.ghosts("line", threads, 0);
                            kernel.onSignal(c -> c.set(handled.get(), handled.get().plus(1)));
                            for (int thread = 0; thread < threads; thread++) {
                                Expr mine = line.get(thread);
                                kernel.thread("T" + thread, c -> c.set(mine, 1));
                            }
                            m.observe(handled.get());
                        });
        return Checker.of(MemoryModel.SC).withThreads(1).check(model).finals();
    }

    /* ------------------------- membarrier ------------------------- */

    /** Both call it at once, each interrupting the other and, by its number, itself. */
    @ParameterizedTest
    @EnumSource(names = {"SC", "TSO", "ARMV8"})
    void callsOfAllThreadsComeToAnEnd(MemoryModel memoryModel) {
        Model model =
                Model.build(
                        "calls",
                        m -> {
                            Kernel kernel = new Kernel(m, Kernel.Config.of(2, 2));
                            List<Model.Task> threads = new ArrayList<>();
                            for (String name : List.of("A", "B")) {
                                threads.add(
                                        kernel.thread(
                                                name,
                                                c -> {
                                                    kernel.membarrier().privateExpedited(c);
                                                    kernel.membarrier()
                                                            .privateExpeditedRseq(c, Expr.of(0));
                                                }));
                            }
                            m.atEnd(
                                    "both have ended",
                                    threads.get(0).ended().and(threads.get(1).ended()));
                        });
        assertTrue(Checker.of(memoryModel).withThreads(1).check(model).holds());
    }

    /* ------------------------- Mistakes ------------------------- */

    @Test
    void everyCpuNeedsAThread() {
        Exception refused =
                assertThrows(IllegalArgumentException.class, () -> Kernel.Config.of(2, 1));
        assertEquals("threads: 1 (expected: 2 or more, one for each CPU)", refused.getMessage());
    }

    @Test
    void tasksAreAsManyAsTheConfigurationSays() {
        Exception refused =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                Model.build(
                                        "too many",
                                        m -> {
                                            Kernel kernel = new Kernel(m, Kernel.Config.of(1, 1));
                                            kernel.thread("A", _ -> {});
                                            kernel.kthread("K");
                                        }));
        assertEquals(
                "kthreads: one too many (expected: as many as the configuration says)",
                refused.getMessage());
    }
}
