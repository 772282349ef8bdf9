// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Ipi;
import java.util.List;

/** RCU: readers without fences, a writer that fences them and compares two sums. */
final class RcuProof {

    /*
     * A reader adds to words that only its CPU writes, with plain accesses; that no such addition is
     * lost, though threads are preempted, is what core/split-halves proves. The light fence is no line:
     * the machine executes lines in order and only memory reorders. The heavy fence is an interrupt on
     * each reader's CPU that executes smp_mb(), with one before and one after.
     *
     * "Once" has one period and one scan: if the sums differ, the writer frees nothing. "Flips" has the
     * whole protocol of GracePeriods, with two updates, so that a reader that chose a period before it
     * became idle is there when the second update is made.
     */

    /** What can be wrong. */
    private enum Change {
        NONE("right", "As it is"),
        NO_FENCE("no fence", "The writer does not fence between the two sums"),
        BEGINNINGS_FIRST("beginnings first", "The writer sums the beginnings before the ends"),
        END_EARLY("end early", "A section counts its end before it reads"),
        IDLE_UNWAITED("idle unwaited", "The idle period is not waited for before the flip");

        private final String title;
        private final String text;

        Change(String title, String text) {
            this.title = title;
            this.text = text;
        }
    }

    /** The writer reads two words, and may hold back what it wrote. */
    private static final int WINDOW = 8;

    private static final int READERS = 2;
    private static final int WRITER = READERS;
    private static final String FREED = "the item is freed";

    private final Change change;
    private final boolean neverFrees;
    private final Variable state;
    private final Variable begun;
    private final Variable ended;
    private final Variable pointer;
    private final Variable content;
    private final Ipi fence;

    private RcuProof(Model.Builder m, Change change, boolean neverFrees) {
        m.window(WINDOW);
        this.change = change;
        this.neverFrees = neverFrees;
        state = m.shared("period", 0);
        begun = m.shareds("begun", 2 * READERS, 0);
        ended = m.shareds("ended", 2 * READERS, 0);
        pointer = m.shared("current", 0);
        content = m.shareds("content", 3, 1);
        fence = new Ipi(m, "ipi_mb", READERS + 1, Code::mb);
    }

    static Scenario scenario() {
        return new Scenario(
                "core/rcu",
                "Read sections that only add, and grace periods that compare sums",
                """
                Two readers look at what a variable leads to, each in a section that adds to two \
                words of its CPU with no fence. A writer changes the variable, sums the ends, makes \
                all CPUs execute a fence, sums the beginnings, and destroys the old item if the \
                sums are equal. No reader finds it destroyed.\
                """,
                List.of(
                        once(Change.NONE).holds(SC, TSO, PSO, ARMV8, RISCV),
                        once(Change.NO_FENCE).holds(SC).violated(TSO, PSO, ARMV8),
                        once(Change.BEGINNINGS_FIRST).violated(SC),
                        once(Change.END_EARLY).violated(SC),
                        variant("once", "reached: " + FREED, Change.NONE, true)
                                .violated(SC, TSO, PSO, ARMV8),
                        flips(Change.NONE).holds(SC, TSO),
                        flips(Change.NO_FENCE).holds(SC).violated(TSO),
                        flips(Change.IDLE_UNWAITED).violated(SC, TSO)));
    }

    private static Variant once(Change change) {
        return variant("once", change.title, change, false);
    }

    private static Variant flips(Change change) {
        return variant("flips", change.title, change, false);
    }

    private static Variant variant(String kind, String title, Change change, boolean neverFrees) {
        String name = kind + ", " + title;
        return Variant.of(
                name,
                change.text + ".",
                Model.build(
                        "rcu, " + name,
                        m -> new RcuProof(m, change, neverFrees).tasks(m, kind.equals("flips"))));
    }

    private void tasks(Model.Builder m, boolean flips) {
        for (int reader = 0; reader < READERS; reader++) {
            int cpu = reader;
            m.task("reader " + cpu, cpu, c -> read(c, cpu));
        }
        m.task("writer", WRITER, flips ? this::updateTwice : this::updateOnce);
    }

    /* ------------------------- Readers ------------------------- */

    private void read(Code c, int cpu) {
        Local period = c.as("period = state").load(state);
        Expr word = period.times(READERS).plus(cpu);
        add(c, "begun[period]++", begun, word);
        Local item = c.as("item = current").load(pointer);
        if (change == Change.END_EARLY) {
            add(c, "ended[period]++", ended, word);
        }
        Local seen = c.as("item.content").load(content, item);
        c.check("nobody sees what is freed", seen);
        if (change != Change.END_EARLY) {
            add(c, "ended[period]++", ended, word);
        }
    }

    /** One instruction, to a word that only this CPU writes. */
    private static void add(Code c, String text, Variable words, Expr word) {
        c.disablingInterrupts(() -> {
            Local before = c.as(text + ": load").load(words, word);
            c.as(text + ": store").store(words, word, before.plus(1));
        });
    }

    /* ------------------------- The writer ------------------------- */

    private void updateOnce(Code c) {
        c.as("current = next").store(pointer, 1);
        Local quiet = c.let("quiet", scan(c, Expr.of(0)));
        c.as("if (quiet)").when(quiet, () -> free(c, 0));
    }

    private void updateTwice(Code c) {
        for (int item = 0; item < 2; item++) {
            c.as("current = next").store(pointer, item + 1L);
            gracePeriod(c);
            free(c, item);
        }
    }

    private void free(Code c, int item) {
        if (neverFrees) {
            c.check("never: " + FREED, Expr.of(0));
        }
        c.as("free(item)").store(content, Expr.of(item), Expr.of(0));
    }

    private void gracePeriod(Code c) {
        Local active = c.as("active = state").load(state);
        Expr idle = Expr.of(1).minus(active);
        if (change != Change.IDLE_UNWAITED) {
            awaitQuiet(c, idle);
        }
        c.as("state ^= 1").store(state, idle);
        awaitQuiet(c, active);
    }

    private void awaitQuiet(Code c, Expr period) {
        Label again = c.label("again");
        c.place(again);
        Expr quiet = scan(c, period);
        c.as("if (!quiet) wait").jumpIf(quiet.not(), again);
    }

    /** {@return whether the sums of a period are equal} */
    private Expr scan(Code c, Expr period) {
        Variable first = change == Change.BEGINNINGS_FIRST ? begun : ended;
        Variable second = change == Change.BEGINNINGS_FIRST ? ended : begun;
        Local one = sum(c, first, period);
        if (change != Change.NO_FENCE) {
            c.call("heavy", () -> heavy(c));
        }
        Local other = sum(c, second, period);
        return one.eq(other);
    }

    private Local sum(Code c, Variable words, Expr period) {
        Local sum = c.local("sum");
        c.set(sum, Expr.of(0));
        for (int cpu = 0; cpu < READERS; cpu++) {
            Local part = c.load(words, period.times(READERS).plus(cpu));
            c.set(sum, sum.plus(part));
        }
        return sum;
    }

    private void heavy(Code c) {
        c.mb();
        for (int cpu = 0; cpu < READERS; cpu++) {
            fence.callAndWait(c, cpu);
        }
        c.mb();
    }
}
