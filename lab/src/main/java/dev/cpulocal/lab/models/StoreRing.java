// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.LocalOf;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import java.util.ArrayList;
import java.util.List;

/**
 * CPUs in a ring: each stores to its own place and loads that of the next one, some rounds long.
 * With two CPUs and one round this is the store-buffering litmus test.
 */
public final class StoreRing {

    /** The first local of each task: what it loaded last. */
    private static final Local LAST = new Local(0, "last");

    private final int cpus;
    private final int rounds;
    private final boolean fenced;

    /**
     * Chooses a size.
     *
     * @param cpus how many CPUs, 2 or more
     * @param rounds how often each stores and loads, 1 or more
     * @param fenced whether there is a barrier between store and load
     */
    public StoreRing(int cpus, int rounds, boolean fenced) {
        this.cpus = Sizes.atLeast(2, "cpus", cpus);
        this.rounds = Sizes.atLeast(1, "rounds", rounds);
        this.fenced = fenced;
    }

    /** {@return the question whether CPUs can all miss what the next one stored last} */
    public static Scenario scenario() {
        return new Scenario(
                "STORE-RING",
                "Stores in a ring, each missed by the CPU before",
                """
                Each CPU stores and then loads what the next one stores. Whoever stores last should \
                be noticed by nobody but notice its neighbour; if every CPU misses its neighbour, \
                then every load was performed before the store in front of it.\
                """,
                List.of(
                        Variant.of(
                                        "fenced",
                                        "A barrier between store and load.",
                                        new StoreRing(3, 1, true).somebodySees())
                                .holds(SC, TSO, PSO, ARMV8, RISCV),
                        Variant.of(
                                        "no barrier",
                                        "Nothing between them.",
                                        new StoreRing(3, 1, false).somebodySees())
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV)));
    }

    /** {@return the model, and that not every CPU misses its neighbour's last store} */
    public Model somebodySees() {
        return Model.build(
                name(),
                m -> {
                    Expr sees = Expr.of(0);
                    for (Expr last : describe(m)) {
                        sees = sees.or(last.eq(rounds));
                    }
                    m.atEnd("somebody sees its neighbour's last store", sees);
                });
    }

    /** {@return the model, with nothing to hold: what all can have loaded last is listed} */
    public Model counted() {
        return Model.build(name(), m -> describe(m).forEach(m::observe));
    }

    private String name() {
        return "store ring of %d, %d rounds%s".formatted(cpus, rounds, fenced ? ", fenced" : "");
    }

    /** {@return what each CPU loaded last} */
    private List<Expr> describe(Model.Builder m) {
        Variable x = m.shareds("x", cpus, 0);
        List<Expr> last = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            int me = cpu;
            Model.Task task = m.task("P" + me, me, c -> program(c, x, me));
            last.add(new LocalOf(task.number(), LAST));
        }
        return last;
    }

    private void program(Code c, Variable x, int me) {
        Local last = c.local(LAST.name());
        for (int round = 1; round <= rounds; round++) {
            c.store(x, Expr.of(me), Expr.of(round));
            if (fenced) {
                c.mb();
            }
            c.set(last, c.load(x, Expr.of((me + 1) % cpus)));
        }
    }
}
