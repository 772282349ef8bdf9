// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;

/** MB-18: CPUs that RCU does not disturb. */
final class Mb18 {

    /*
     * The global command waits for an RCU grace period: until every CPU has been through a
     * quiescent state. A CPU in user mode is in one at its next tick, which interrupts it; on a
     * nohz_full CPU there is no tick, and RCU takes user mode itself as a quiescent state that
     * lasts: it was told when the CPU left the kernel, and looks at that only.
     */

    private static final String ID = "MB-18";
    private static final String TICK = "the tick ends the grace period";

    /** How the kernel is configured, and what it does then. */
    private enum Config {
        PERIODIC,
        NOHZ_FULL,
        NOHZ_FULL_REFUSED
    }

    private final Config config;
    private final Never never;
    private final Accesses accesses;
    private final Variable watching;
    private final Ipi tick;

    private static final Variants<Config> VARIANTS = new Variants<>(ID, Mb18::new);

    private Mb18(Model.Builder m, Config config, Never never) {
        this.config = config;
        this.never = never;
        m.task("writer", 0, this::writer);
        m.task("reader", 1, this::reader);
        accesses = new Accesses(m);
        watching = m.hardwares("RCU watches the CPU", 2, 1);
        tick = new Ipi(m, "tick", 2, Code::mb);
        m.window(12);
        accesses.expect(m, Pattern.FLAGS, Expr.of(1));
    }

    private void reader(Code c) {
        if (config != Config.PERIODIC) {
            c.call(
                    "ct_user_enter",
                    () -> {
                        c.as("smp_mb() /* with the atomic operation */").mb();
                        c.as("RCU stops watching").set(watching.get(1), 0);
                    });
        }
        accesses.reader(c, Pattern.FLAGS);
    }

    private void writer(Code c) {
        accesses.before(c, Pattern.FLAGS);
        if (config == Config.NOHZ_FULL_REFUSED) {
            c.as("if (tick_nohz_full_enabled()) return -EINVAL").choose("always", 1);
        } else {
            c.call("membarrier(GLOBAL)", () -> c.call("synchronize_rcu", () -> gracePeriod(c)));
            accesses.after(c, Pattern.FLAGS);
        }
    }

    private void gracePeriod(Code c) {
        c.mb();
        var watched = c.let("watched", watching.get(1));
        c.as("if (RCU watches CPU 1)")
                .when(
                        watched,
                        () -> {
                            never.here(c, TICK);
                            tick.callAndWait(c, 1);
                        });
        c.mb();
    }

    /* ------------------------- The entry ------------------------- */

    static Exhibit exhibit() {
        return Exhibit.of(ID, "CPUs without a tick are not waited for", Area.MEMBARRIER)
                .kernels("from 4.3 on with nohz_full, until it was refused")
                .bounds("one call of membarrier(), one return to user mode")
                .story(
                        """
                        The first membarrier() was no more than synchronize_sched(): when every \
                        CPU has been through the scheduler or has had a tick, all have executed \
                        barriers. A nohz_full CPU in user mode is counted as quiescent all the \
                        time, and nothing is executed on it. So the call returned with the thread \
                        there as unordered as before. Today it is refused on such kernels.\
                        """)
                .history(
                        "",
                        "",
                        "kernel/sched/membarrier.c of about Linux 6.8",
                        "MEMBARRIER_CMD_GLOBAL returns -EINVAL if tick_nohz_full_enabled().")
                .unchecked(
                        "The fix is told to be 907565337ebf, \"Fix: Disable sys_membarrier when"
                                + " nohz_full is enabled\", Linux 4.11, after a remark by Lai"
                                + " Jiangshan.")
                .reference(
                        VARIANTS.of(
                                        "fixed",
                                        "Today's code, where CPUs have ticks.",
                                        Config.PERIODIC)
                                .holds(MemoryModel.values()))
                .variant(
                        VARIANTS.of("nohz_full", "As it was.", Config.NOHZ_FULL)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV))
                .variant(
                        VARIANTS.of(
                                        "nohz_full, refused",
                                        "Today's code there: an error, and no promise.",
                                        Config.NOHZ_FULL_REFUSED)
                                .holds(MemoryModel.values()))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(TICK, Config.PERIODIC).violated(MemoryModel.values());
    }
}
