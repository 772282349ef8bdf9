// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import java.util.List;
import java.util.stream.LongStream;

/**
 * User-space RCU with memory barriers: readers that go on for ever, and a writer that replaces what
 * they read and waits for them before it destroys the old.
 *
 * <p>M. Desnoyers, P. E. McKenney, M. R. Dagenais, Multi-core systems modeling for formal
 * verification of parallel algorithms, ACM SIGOPS Operating Systems Review 47(2), 2013.
 */
public final class Urcu {

    /*
     * A reader publishes that it reads by copying the writer's counter, which has NESTING set and a
     * phase, and resets NESTING when it is done. The writer changes the phase and waits for all
     * readers of the other phase, twice: a reader may have loaded the counter before one change and
     * publish it after, so that the wait after that change does not see it, and the next one does
     * not wait for it if it is the first of the next update.
     *
     * There are two places for data. One is published and holds WINE; the other holds POISON, and
     * becomes the next.
     */

    /** What is left out; the names are those of the models of 2009. */
    public enum Variant {
        /** Nothing. */
        COMPLETE("complete", "Nothing is left out."),
        /** The writer's barriers. */
        NO_MB("no_mb", "The writer does not order publishing, changing the phase and waiting."),
        /** The barrier between data and pointer. */
        NO_WMB("no_wmb", "The writer does not order data and pointer."),
        /** The barrier between pointer and data. */
        NO_RMB("no_rmb", "Readers order pointer and data by nothing but the address."),
        /** The second change of phase. */
        SINGLE_FLIP("single_flip", "The writer changes the phase once for each update.");

        private final String title;
        private final String text;

        Variant(String title, String text) {
            this.title = title;
            this.text = text;
        }
    }

    private static final long NESTING = 1;
    private static final long PHASE = 2;
    private static final long POISON = 0;
    private static final long WINE = 1;

    /** What readers and writer share. */
    private record Places(Variable period, Variable pointer, Variable data, Variable readers) {}

    private final int readers;
    private final int updates;
    private final Variant variant;

    /**
     * Chooses a size.
     *
     * @param readers how many readers, 1 or more
     * @param updates how often the writer replaces the data, 1 or more
     * @param variant what is left out
     */
    public Urcu(int readers, int updates, Variant variant) {
        this.readers = Sizes.atLeast(1, "readers", readers);
        this.updates = Sizes.atLeast(1, "updates", updates);
        this.variant = variant;
    }

    /** {@return the question whether readers read what was destroyed} */
    public static Scenario scenario() {
        return new Scenario(
                "URCU",
                "User-space RCU",
                """
                The error-injected variants of the models of 2009. Those had a model of memory of \
                their own; what they call Intel lets stores pass each other, so no_wmb fails there, \
                and holds under x86-TSO. no_rmb fails there on Alpha only, which is not among the \
                memory models here.\
                """,
                List.of(
                        small(Variant.COMPLETE).holds(SC, TSO, PSO, ARMV8, RISCV),
                        small(Variant.NO_MB).holds(SC).violated(TSO, PSO, ARMV8, RISCV),
                        small(Variant.NO_WMB).holds(SC, TSO).violated(PSO, ARMV8, RISCV),
                        small(Variant.NO_RMB).holds(SC, TSO, PSO, ARMV8, RISCV),
                        small(Variant.SINGLE_FLIP).violated(SC, TSO, PSO, ARMV8, RISCV)));
    }

    private static Scenario.Variant small(Variant variant) {
        return Scenario.Variant.of(variant.title, variant.text, new Urcu(1, 2, variant).model());
    }

    /** {@return the model} */
    public Model model() {
        String name = "urcu, %s: %d readers, %d updates".formatted(variant.title, readers, updates);
        return Model.build(
                name,
                m -> {
                    Places places =
                            new Places(
                                    m.shared("gp_ctr", NESTING),
                                    m.shared("rcu_ptr", 0),
                                    m.shareds("data", List.of(WINE, POISON)),
                                    m.shareds("reader_ctr", readers, 0));
                    for (int reader = 0; reader < readers; reader++) {
                        Expr me = Expr.of(reader);
                        m.background("reader" + me, reader)
                                .runs(c -> c.forever(() -> read(c, places, me)));
                    }
                    m.task("writer", readers, c -> write(c, places));
                });
    }

    private void read(Code c, Places places, Expr me) {
        c.call(
                "rcu_read_lock",
                () -> {
                    c.store(places.readers, me, c.load(places.period));
                    c.mb();
                });
        Local pointer = c.load(places.pointer);
        if (variant != Variant.NO_RMB) {
            c.rmb();
        }
        Local data = c.load(places.data, pointer);
        c.check("what is read is not destroyed", data.ne(POISON));
        c.call(
                "rcu_read_unlock",
                () -> {
                    c.mb();
                    c.store(places.readers, me, c.load(places.readers, me).minus(NESTING));
                });
    }

    private void write(Code c, Places places) {
        for (int update = 0; update < updates; update++) {
            Expr old = Expr.of(update % 2);
            Expr next = Expr.of((update + 1) % 2);
            c.store(places.data, next, Expr.of(WINE));
            if (variant != Variant.NO_WMB) {
                c.wmb();
            }
            c.store(places.pointer, next);
            c.call("synchronize_rcu", () -> synchronize(c, places));
            c.store(places.data, old, Expr.of(POISON));
        }
    }

    private void synchronize(Code c, Places places) {
        int flips = variant == Variant.SINGLE_FLIP ? 1 : 2;
        for (int flip = 0; flip < flips; flip++) {
            mb(c);
            Local phase = c.let("phase", c.load(places.period).with(Operator.XOR, Expr.of(PHASE)));
            c.store(places.period, phase);
            mb(c);
            LongStream.range(0, readers)
                    .forEach(reader -> waitFor(c, places, Expr.of(reader), phase));
        }
        mb(c);
    }

    private static void waitFor(Code c, Places places, Expr reader, Local phase) {
        Label look = c.label("look");
        Label passed = c.label("passed");
        c.place(look);
        Local counter = c.load(places.readers, reader);
        c.jumpIf(counter.and(NESTING).not(), passed);
        c.jumpIf(counter.with(Operator.XOR, phase).and(PHASE).ne(0), look);
        c.place(passed);
    }

    private void mb(Code c) {
        if (variant != Variant.NO_MB) {
            c.mb();
        }
    }
}
