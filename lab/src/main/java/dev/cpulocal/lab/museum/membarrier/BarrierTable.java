// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.membarrier.Kernel.Flavour;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remove barrier X: all scenarios of the comment in {@code kernel/sched/membarrier.c} in one model,
 * and each barrier that it rests on taken out of it, one at a time, under each memory model.
 */
public final class BarrierTable {

    /*
     * What is expected follows from two patterns. (a), the interrupt's barrier and what comes after
     * a store to rq->curr or mm (B2, the first B4) order a store before a later load: every memory
     * model but SC needs them. What comes before such a store (B1, B3, the second B4, B5) orders a
     * store before a later store: PSO and weaker ones need them. (c) orders a load before a later
     * load: ARMv8 and RISC-V need it. mmdrop() is B2 only where no other barrier follows each store
     * to rq->curr.
     */

    /** What {@code prove} calls it. */
    public static final String ID = "MB-BARRIERS";

    private static final String TODAY = "nothing removed";
    private static final String THREADS = "no B1, no B2, threads of one process";
    private static final String THREAD =
            "RFC PATCH 4/7, x86: use exit_lazy_tlb rather than"
                    + " membarrier_mm_sync_core_before_usermode, linuxppc-dev";

    /** What the barrier orders, which decides from which memory model on it is needed. */
    private enum Order {
        STORE_LOAD(TSO),
        STORE_STORE(PSO),
        LOAD_LOAD(ARMV8),
        NOTHING(null);

        private final @Nullable MemoryModel from;

        Order(@Nullable MemoryModel from) {
            this.from = from;
        }

        private Variant expectedOf(Variant variant) {
            Variant all = variant;
            for (MemoryModel model : MemoryModel.values()) {
                boolean needed = from != null && model.compareTo(from) >= 0;
                all = needed ? all.violated(model) : all.holds(model);
            }
            return all;
        }
    }

    /** A row of the table. */
    public static final class Row {
        private final @Nullable Barrier barrier;
        private final Kernel kernel;
        private final String pairs;
        private final Variant variant;

        private Row(@Nullable Barrier barrier, Kernel kernel, String pairs, Variant variant) {
            this.barrier = barrier;
            this.kernel = kernel;
            this.pairs = pairs;
            this.variant = variant;
        }

        /** {@return what is removed: letter, function and line; empty for today's code} */
        public String barrier() {
            return barrier == null ? "" : barrier.title() + ": " + barrier.text();
        }

        /** {@return whose code it is} */
        public String architectures() {
            return kernel.flavour().architectures();
        }

        /** {@return the letters of the barriers with which it pairs} */
        public String pairs() {
            return pairs;
        }

        /** {@return the model, by whose name traces are found, and the expected verdicts} */
        public Variant variant() {
            return variant;
        }

        /** {@return the cells} */
        public Map<MemoryModel, Verdict.Kind> cells() {
            return variant.expected();
        }

        /** {@return the scenarios that fail by themselves, which takes a check of each} */
        public List<String> failing(MemoryModel memoryModel) {
            return Stream.of(Scene.DOCUMENTED)
                    .filter(scene -> {
                        Model alone = Play.model(scene.label(), kernel, Never.NOTHING, scene);
                        return !Checker.of(memoryModel).check(alone).holds();
                    })
                    .map(Scene::label)
                    .toList();
        }
    }

    private BarrierTable() {}

    /** {@return the rows, those of today's code included} */
    public static List<Row> rows() {
        return List.of(
                today(Flavour.SWITCH_MM, TODAY),
                remove(Barrier.ENTRY, Order.STORE_LOAD, "b, B2, B4"),
                remove(Barrier.EXIT, Order.LOAD_LOAD, "b, B1, B3, B4, B5"),
                remove(Barrier.IPI, Order.STORE_LOAD, "a, c"),
                remove(Barrier.BEFORE_CURR, Order.STORE_STORE, "c"),
                remove(Barrier.MMDROP, Order.STORE_LOAD, "a"),
                remove(Barrier.SWITCH_MM, Order.STORE_LOAD, "a"),
                remove(Barrier.EXIT_MM, Order.STORE_STORE, "c"),
                remove(Barrier.USE_MM, Order.STORE_LOAD, "a"),
                remove(Barrier.UNUSE_MM, Order.STORE_STORE, "c"),
                remove(Barrier.EXEC, Order.STORE_STORE, "c"),
                today(Flavour.UNCOUNTED, "nothing removed, uncounted"),
                remove(Flavour.UNCOUNTED, Barrier.MMDROP_LAZY, Order.STORE_LOAD, "uncounted"),
                today(Flavour.SWITCH_TO, "nothing removed, arm64"),
                remove(Flavour.SWITCH_TO, Barrier.SWITCH_TO, Order.STORE_LOAD, "arm64"),
                remove(Flavour.SWITCH_TO, Barrier.MMDROP, Order.NOTHING, "arm64"),
                today(Flavour.UNLOCK, "nothing removed, arm"),
                remove(Flavour.UNLOCK, Barrier.UNLOCK, Order.STORE_LOAD, "arm"),
                remove(Flavour.UNLOCK, Barrier.MMDROP, Order.NOTHING, "arm"));
    }

    private static Row today(Flavour flavour, String name) {
        return row(null, Kernel.of(flavour), "", Order.NOTHING, name, "Today's code.");
    }

    private static Row remove(Barrier barrier, Order order, String pairs) {
        return remove(Flavour.SWITCH_MM, barrier, order, pairs, "");
    }

    private static Row remove(Flavour flavour, Barrier barrier, Order order, String suffix) {
        String pairs = order == Order.NOTHING ? "" : Barrier.ENTRY.letter();
        return remove(flavour, barrier, order, pairs, ", " + suffix);
    }

    private static Row remove(
            Flavour flavour, Barrier barrier, Order order, String pairs, String suffix) {
        Kernel kernel = Kernel.of(flavour).without(barrier);
        String text = "Without " + barrier.text() + " in " + barrier.function() + ".";
        return row(barrier, kernel, pairs, order, "no " + barrier.title() + suffix, text);
    }

    private static Row row(
            @Nullable Barrier barrier,
            Kernel kernel,
            String pairs,
            Order order,
            String name,
            String text) {
        Variant variant = Play.variant(ID, name, text, kernel, Scene.DOCUMENTED);
        return new Row(barrier, kernel, pairs, order.expectedOf(variant));
    }

    private static Variant threads() {
        return Play.variant(
                        ID,
                        THREADS,
                        "The CPU runs two threads of the process in turn, with no barrier at all.",
                        Kernel.TODAY.without(Barrier.BEFORE_CURR),
                        Scene.FROM_THREAD,
                        Scene.TO_THREAD)
                .holds(MemoryModel.values());
    }

    /** {@return the entry of the museum with a variant for each row} */
    public static Exhibit exhibit() {
        Exhibit.Builder builder =
                Exhibit.of(ID, "Remove barrier X", Area.MEMBARRIER)
                        .kernels("none: today's code, with one barrier less")
                        .bounds("one call of membarrier(); one switch, exit, exec() or borrowed mm")
                        .story(
                                """
                                membarrier() makes a compiler barrier in one thread and a system \
                                call in another as good as two full barriers. It rests on its own \
                                two barriers, on that of the interrupt, and on those that the \
                                scheduler, exit, exec and kernel threads owe it. Each variant \
                                lacks one of them, and is checked in every scenario of the comment \
                                at the top of kernel/sched/membarrier.c: which one comes is the \
                                first choice of the model.\
                                """)
                        .said(
                                "Mathieu Desnoyers",
                                "16 July 2020",
                                THREAD,
                                "Thinking further about this, I'm beginning to consider that maybe"
                                        + " we have been overly cautious by requiring memory"
                                        + " barriers before and after store to rq->curr.")
                        .settled(
                                Outcome.REFUTED,
                                "no " + Barrier.MMDROP.title(),
                                "Both are needed: this one after the store from TSO on, the one"
                                        + " before it from PSO on.")
                        .said(
                                "Alan Stern",
                                "16 July 2020",
                                THREAD,
                                "Is it correct to say that the switch_to operations in 5 and 7"
                                        + " include memory barriers?  If they do, then skipping"
                                        + " the IPI should be okay.")
                        .settled(
                                Outcome.DEPENDS,
                                "no " + Barrier.MMDROP.title() + ", arm64",
                                "They do on arm64, and there mmdrop() is not needed. Elsewhere"
                                        + " they do not, and it is.")
                        .said(
                                "Andy Lutomirski",
                                "4 December 2020",
                                "[RFC v2 1/2] [NEEDS HELP] x86/mm: Handle unlazying membarrier"
                                        + " core sync in the arch code",
                                "XXX: I don't think mmdrop() actually does this.  There's no"
                                        + " smp_mb__before/after_atomic() in there.")
                        .settled(
                                Outcome.REFUTED,
                                TODAY,
                                "An atomic operation that returns a value is fully ordered, with"
                                        + " nothing before or after it: with mmdrop() alone,"
                                        + " everything holds.")
                        .said(
                                "Mathieu Desnoyers",
                                "4 December 2020",
                                "[RFC v2 1/2] [NEEDS HELP] x86/mm: Handle unlazying membarrier"
                                        + " core sync in the arch code",
                                "If the scheduler switches from one thread to another which both"
                                        + " have the same mm, it means cpu_rq(cpu)->curr->mm is"
                                        + " invariant, even though ->curr changes.")
                        .settled(
                                Outcome.CONFIRMED,
                                THREADS,
                                "Between threads of one process the switch needs no barrier,"
                                        + " before or after: whichever thread the caller sees, it"
                                        + " interrupts the CPU.")
                        .derived(
                                "Which memory models need a barrier follows from what it orders,"
                                        + " and was written down before it was checked: store"
                                        + " before load from TSO on, store before store from PSO"
                                        + " on, load before load under ARMv8 and RISC-V.");
        for (Row row : rows()) {
            if (row.variant().name().equals(TODAY)) {
                builder.reference(row.variant());
            } else {
                builder.variant(row.variant());
            }
        }
        return builder.variant(threads())
                .variant(Play.reached(ID, Expedited.SKIPPED, Scene.DOCUMENTED))
                .variant(Play.reached(ID, Expedited.SENT, Scene.DOCUMENTED))
                .build();
    }
}
