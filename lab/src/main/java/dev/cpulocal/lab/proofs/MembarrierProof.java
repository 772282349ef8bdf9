// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Flaw;
import dev.cpulocal.lab.kernel.Kernel;
import dev.cpulocal.lab.kernel.Signals;
import java.util.List;
import java.util.Set;

/** What fences rely on in the kernel where tasks of others run, too: they are not interrupted. */
final class MembarrierProof {

    /*
     * The store buffer pattern, with membarrier() on one side only. A CPU that is seen to run a kernel
     * thread is left out, so what ran there before, and what runs there after, must be ordered by the
     * scheduler: before its store to rq->curr, and after it. Each barrier has an order of steps that
     * needs it:
     *
     *     (a)         the caller's store waits while everybody is interrupted
     *     interrupt   the other's store waits after it was interrupted
     *     before      the other's store waits after rq->curr says that a kernel thread runs
     *     after       rq->curr still says so while the other runs again
     *
     * The second barrier of the caller, (c), has none here. It keeps loads after the call from being
     * performed before the one of rq->curr, on a guess of what that will be; but a guess does not come
     * past the way to user mode, which has to do with hardware state.
     */

    private static final Kernel.Config RIGHT =
            Kernel.Config.of(2, 2).withKthreads(1).with(Signals.NONE);

    private MembarrierProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/membarrier",
                "membarrier() where kernel threads come between",
                """
                A thread stores to x and loads y; another stores to y, calls membarrier(), and loads \
                x. One of them sees the other's store. A kernel thread may run between any two \
                lines, on both CPUs; it has no mm, so its CPU is not interrupted, and the barriers \
                of the scheduler have to do.\
                """,
                List.of(
                        variant("right", "As it is", Set.of()).holds(MemoryModel.values()),
                        flaw(Flaw.NO_BARRIER_AT_ENTRY).holds(SC).violated(TSO, ARMV8),
                        flaw(Flaw.NO_BARRIER_IN_INTERRUPT).holds(SC).violated(TSO, ARMV8),
                        flaw(Flaw.NO_BARRIER_BEFORE_CURR).holds(TSO).violated(PSO, ARMV8),
                        flaw(Flaw.NO_BARRIER_AFTER_CURR).holds(SC).violated(TSO, ARMV8)));
    }

    private static Variant flaw(Flaw flaw) {
        return variant(flaw.title(), flaw.meaning(), Set.of(flaw));
    }

    private static Variant variant(String name, String text, Set<Flaw> flaws) {
        return Variant.of(name, text + ".", model("membarrier, " + name, RIGHT.with(flaws)));
    }

    private static Model model(String name, Kernel.Config config) {
        return Model.build(
                name,
                m -> {
                    Variable x = m.shared("x", 0);
                    Variable y = m.shared("y", 0);
                    Variable seen = m.ghosts("seen", 2, 0);
                    Kernel kernel = new Kernel(m, config);
                    kernel.thread("A", c -> exchange(c, x, y, () -> {}, seen.get(0)));
                    kernel.thread(
                            "B",
                            c ->
                                    exchange(
                                            c,
                                            y,
                                            x,
                                            () -> kernel.membarrier().privateExpedited(c),
                                            seen.get(1)));
                    kernel.kthread("K");
                    m.atEnd("one has seen the other's store", seen.get(0).or(seen.get(1)));
                });
    }

    private static void exchange(
            Code c, Variable mine, Variable others, Runnable between, Expr seen) {
        c.store(mine, 1);
        between.run();
        Local value = c.load(others);
        c.as("what it has seen").set(seen, value);
    }
}
