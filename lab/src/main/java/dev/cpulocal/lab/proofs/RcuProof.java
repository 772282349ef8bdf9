// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import java.util.List;

/** RCU: readers without fences, and a writer that fences them and looks who is there. */
final class RcuProof {

    /** What can be wrong. */
    enum Change {
        NONE("right", "As it is"),
        OWN_FENCE("own fence", "The writer fences its own CPU alone"),
        END_EARLY("end early", "A section ends before it reads"),
        FREE_PLAIN("free plain", "A section frees its slot by a store without order"),
        HOME_LATE(
                "home late", "A section claims its slot, and its CPU gets a home only at its end"),
        EPOCH_EARLY("epoch early", "The writer changes the epoch before it changes the variable"),
        EPOCH_KEPT("epoch kept", "The writer waits for no section that has the old epoch"),
        BEGINNINGS_FIRST("beginnings first", "The writer sums the beginnings before the ends"),
        IDLE_UNWAITED("idle unwaited", "The idle period is not waited for before the flip");

        private final String title;
        private final String text;

        Change(String title, String text) {
            this.title = title;
            this.text = text;
        }
    }

    private static final RcuReaders SLOTS = new RcuReaders("slots", 2, 0, false, 1);
    private static final RcuReaders COUNTS = new RcuReaders("counts", 0, 2, false, 1);
    private static final RcuReaders THREADS = new RcuReaders("slots of threads", 2, 0, true, 1);
    private static final RcuReaders BOTH = new RcuReaders("both", 1, 1, false, 1);
    private static final RcuReaders AGAIN = new RcuReaders("a slot again", 1, 0, false, 2);

    private RcuProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/rcu",
                "Read sections that have slots or are counted, and grace periods",
                """
                Readers look at what a variable leads to, each in a section: one stores the epoch \
                to a slot of its CPU, with no fence, and 0 at its end; one claims a slot of its \
                thread by an atomic instruction; one that gets no slot is counted by atomic \
                instructions, at its beginning and at its end. A writer changes \
                the variable, makes all CPUs execute a fence, and looks for readers. It destroys \
                the old item when it has seen each slot free or in the next epoch, and each \
                period's sums equal. No reader finds the item destroyed.\
                """,
                List.of(
                        once(SLOTS, Change.NONE).holds(SC, TSO, PSO, ARMV8, RISCV),
                        once(SLOTS, Change.OWN_FENCE).holds(SC).violated(TSO, PSO, ARMV8),
                        once(SLOTS, Change.END_EARLY).violated(SC),
                        once(SLOTS, Change.FREE_PLAIN).holds(SC, TSO).violated(ARMV8),
                        once(SLOTS, Change.HOME_LATE).violated(SC),
                        reached(SLOTS).violated(SC, TSO, PSO, ARMV8),
                        once(AGAIN, Change.NONE).holds(SC, TSO, PSO, ARMV8),
                        twice(AGAIN, Change.NONE).holds(SC, TSO, PSO),
                        twice(AGAIN, Change.OWN_FENCE).holds(SC).violated(TSO, PSO),
                        once(THREADS, Change.NONE).holds(SC, TSO, PSO, ARMV8, RISCV),
                        once(THREADS, Change.END_EARLY).violated(SC),
                        reached(THREADS).violated(SC, TSO, PSO, ARMV8),
                        twice(THREADS, Change.NONE).holds(SC, TSO, PSO),
                        twice(THREADS, Change.EPOCH_EARLY).violated(SC, TSO, PSO),
                        once(COUNTS, Change.NONE).holds(SC, TSO, PSO, ARMV8, RISCV),
                        once(COUNTS, Change.BEGINNINGS_FIRST).violated(SC),
                        once(COUNTS, Change.END_EARLY).violated(SC),
                        reached(COUNTS).violated(SC, TSO, PSO, ARMV8),
                        twice(SLOTS, Change.NONE).holds(SC, TSO),
                        twice(SLOTS, Change.OWN_FENCE).holds(SC).violated(TSO),
                        twice(SLOTS, Change.EPOCH_EARLY).violated(SC),
                        twice(SLOTS, Change.EPOCH_KEPT).violated(SC),
                        twice(COUNTS, Change.NONE).holds(SC, TSO),
                        twice(COUNTS, Change.IDLE_UNWAITED).violated(SC, TSO),
                        twice(BOTH, Change.NONE).holds(SC, TSO),
                        twice(BOTH, Change.OWN_FENCE).holds(SC).violated(TSO)));
    }

    /** One update, by a writer that looks once and may give up. */
    private static Variant once(RcuReaders readers, Change change) {
        return variant(readers, "once", change.title, change, RcuReaders.Writer.ONCE);
    }

    /** Two updates, with whole grace periods. */
    private static Variant twice(RcuReaders readers, Change change) {
        return variant(readers, "twice", change.title, change, RcuReaders.Writer.TWICE);
    }

    private static Variant reached(RcuReaders readers) {
        return variant(
                readers,
                "once",
                "reached: " + RcuReaders.FREED,
                Change.NONE,
                RcuReaders.Writer.NEVER_FREES);
    }

    private static Variant variant(
            RcuReaders readers,
            String kind,
            String title,
            Change change,
            RcuReaders.Writer writer) {
        String name = readers.name() + ", " + kind + ", " + title;
        return Variant.of(
                name,
                change.text + ".",
                Model.build("rcu, " + name, m -> RcuTasks.add(m, readers, change, writer)));
    }
}
