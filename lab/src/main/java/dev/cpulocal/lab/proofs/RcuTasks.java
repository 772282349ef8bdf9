// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.proofs.RcuProof.Change;
import dev.cpulocal.lab.proofs.RcuReaders.Writer;
import org.jspecify.annotations.Nullable;

/** The tasks of the models of RCU: readers, each on a CPU of its own, and a writer. */
final class RcuTasks {

    /*
     * That a slot is claimed by one section only, though threads are preempted and moved, is what
     * core/rcu-read-lock proves. So here a reader has its CPU for itself, and finds its slot free. The
     * light fence is no line: the machine executes lines in order and only memory reorders. The heavy
     * fence is an interrupt on each reader's CPU that executes smp_mb(), with one before and one after.
     *
     * A writer that updates once looks once for readers, and frees nothing if there are some. One that
     * updates twice has the whole protocol of GracePeriods, so that a reader that read the epoch before
     * it changed is there when the second update is made.
     */

    /** The writer reads some words in a row, and may hold back what it wrote. */
    private static final int WINDOW = 12;

    private static final int PERIODS = 2;

    private final RcuReaders readers;
    private final Change change;
    private final Writer writer;
    private final Variable epoch;
    private final Variable homes;
    private final Variable slots;
    private final Variable begun;
    private final Variable ended;
    private final Variable pointer;
    private final Variable content;
    private final Ipi fence;

    private RcuTasks(Model.Builder m, RcuReaders readers, Change change, Writer writer) {
        m.window(WINDOW);
        this.readers = readers;
        this.change = change;
        this.writer = writer;
        epoch = m.shared("epoch", 1);
        homes = m.shareds("home", Math.max(1, readers.slots()), 0);
        slots = m.shareds("slot", Math.max(1, readers.slots()), 0);
        begun = m.shareds("begun", PERIODS, 0);
        ended = m.shareds("ended", PERIODS, 0);
        pointer = m.shared("current", 0);
        content = m.shareds("content", 3, 1);
        fence = new Ipi(m, "ipi_mb", readers.all() + 1, Code::mb);
    }

    static void add(Model.Builder m, RcuReaders readers, Change change, Writer writer) {
        RcuTasks tasks = new RcuTasks(m, readers, change, writer);
        for (int reader = 0; reader < readers.all(); reader++) {
            int cpu = reader;
            m.task("reader " + cpu, cpu, c -> tasks.readAll(c, cpu));
        }
        m.task("writer", readers.all(), tasks::write);
    }

    /* ------------------------- Readers ------------------------- */

    private void readAll(Code c, int cpu) {
        for (int section = 0; section < readers.sections(); section++) {
            read(c, cpu);
        }
    }

    private void read(Code c, int cpu) {
        Local now = c.as("now = epoch").loadAcquire(epoch);
        Runnable end = cpu < readers.slots() ? claim(c, cpu, now) : count(c, now);
        Local item = c.as("item = current").load(pointer);
        if (change == Change.END_EARLY) {
            end.run();
        }
        Local seen = c.as("item.content").load(content, item);
        if (change != Change.END_EARLY) {
            end.run();
        }
        c.check("nobody sees what is freed", seen);
    }

    /** {@return what frees the slot} */
    private Runnable claim(Code c, int cpu, Local now) {
        Expr slot = Expr.of(cpu);
        if (readers.byThread()) {
            c.as("slot.compareAndSet(0, now)");
            c.compareAndExchange(slots, slot, Expr.of(0), now, Order.ACQUIRE_RELEASE);
        } else {
            if (change != Change.HOME_LATE) {
                settle(c, slot);
            }
            c.as("*slot = now").store(slots, slot, now);
        }
        return () -> {
            if (change == Change.HOME_LATE) {
                settle(c, slot);
            }
            c.as("*slot = 0");
            if (change == Change.FREE_PLAIN) {
                c.store(slots, slot, Expr.of(0));
            } else {
                c.storeRelease(slots, slot, Expr.of(0));
            }
        };
    }

    private void settle(Code c, Expr cpu) {
        c.as("home = the slots of this CPU").store(homes, cpu, Expr.of(1));
    }

    /** {@return what counts the end} */
    private Runnable count(Code c, Local now) {
        Local period = c.let("period", period(now));
        c.as("begun[period]++").add(begun, period, Expr.of(1));
        return () -> c.as("ended[period]++").add(ended, period, Expr.of(1));
    }

    private static Expr period(Expr epoch) {
        return epoch.and(1);
    }

    /* ------------------------- The writer ------------------------- */

    private void write(Code c) {
        int updates = writer == Writer.TWICE ? 2 : 1;
        for (int item = 0; item < updates; item++) {
            Local early = change == Change.EPOCH_EARLY ? nextEpoch(c) : null;
            c.as("current = next").store(pointer, item + 1L);
            Look look = look(c);
            if (writer == Writer.TWICE) {
                c.as("if (!quiet) wait").when(look.all().not(), () -> awaitAll(c, look, early));
                free(c, item);
            } else {
                int freed = item;
                c.as("if (quiet)").when(look.all(), () -> free(c, freed));
            }
        }
    }

    private Local nextEpoch(Code c) {
        Local now = c.as("now = epoch").load(epoch);
        c.as("epoch = now + 1").storeRelease(epoch, Expr.of(0), now.plus(1));
        return now;
    }

    private void free(Code c, int item) {
        if (writer == Writer.NEVER_FREES) {
            c.check("never: " + RcuReaders.FREED, Expr.of(0));
        }
        c.as("free(item)").store(content, Expr.of(item), Expr.of(0));
    }

    /**
     * What a writer has seen: in which periods nobody is counted, and whether no slot is claimed.
     */
    private record Look(Local quiet0, Local quiet1, Local free) {
        Expr all() {
            return quiet0.and(quiet1).and(free);
        }

        Expr quiet(Expr period) {
            return period.and(quiet1).or(period.not().and(quiet0));
        }
    }

    private Look look(Code c) {
        boolean counts = readers.counted() > 0;
        boolean reversed = change == Change.BEGINNINGS_FIRST;
        Variable first = reversed ? begun : ended;
        Variable second = reversed ? ended : begun;
        Local first0 = counts ? sum(c, first, Expr.of(0)) : c.let("none", Expr.of(0));
        Local first1 = counts ? sum(c, first, Expr.of(1)) : first0;
        heavy(c);
        Local second0 = counts ? sum(c, second, Expr.of(0)) : first0;
        Local second1 = counts ? sum(c, second, Expr.of(1)) : first0;
        Local free = c.let("free", Expr.of(1));
        for (int cpu = 0; cpu < readers.slots(); cpu++) {
            c.set(free, free.and(isFree(c, cpu, Expr.of(0))));
        }
        return new Look(
                c.let("quiet[0]", first0.eq(second0)), c.let("quiet[1]", first1.eq(second1)), free);
    }

    private static Local sum(Code c, Variable counts, Expr period) {
        return c.as(counts + "[period]").load(counts, period);
    }

    /** {@return whether the slot of a CPU is free, or has a given epoch} */
    private Expr isFree(Code c, int cpu, Expr allowed) {
        Local free = c.let("free", Expr.of(1));
        Expr home =
                readers.byThread()
                        ? Expr.of(1)
                        : c.as("if (home)").loadAcquire(homes, Expr.of(cpu));
        c.when(
                home,
                () -> {
                    Local since = c.as("since = *slot").loadAcquire(slots, Expr.of(cpu));
                    c.set(free, since.not().or(since.eq(allowed)));
                });
        return free;
    }

    private void awaitAll(Code c, Look look, @Nullable Local early) {
        Local active = c.let("active", period(c.as("now = epoch").load(epoch)));
        Expr idle = active.not();
        if (readers.counted() > 0 && change != Change.IDLE_UNWAITED) {
            c.when(look.quiet(idle).not(), () -> awaitSums(c, idle));
        }
        Local old = early == null ? nextEpoch(c) : early;
        if (change != Change.EPOCH_KEPT) {
            for (int cpu = 0; cpu < readers.slots(); cpu++) {
                int waited = cpu;
                c.until(() -> isFree(c, waited, old.plus(1)));
            }
        }
        if (readers.counted() > 0) {
            c.when(look.quiet(active).not(), () -> awaitSums(c, active));
        }
    }

    private void awaitSums(Code c, Expr period) {
        Label again = c.label("again");
        c.place(again);
        Local ends = sum(c, ended, period);
        heavy(c);
        Local beginnings = sum(c, begun, period);
        c.as("if (ended < begun) wait").jumpIf(ends.ne(beginnings), again);
    }

    private void heavy(Code c) {
        int fenced = change == Change.OWN_FENCE ? 0 : readers.all();
        c.call(
                "heavy",
                () -> {
                    c.mb();
                    for (int cpu = 0; cpu < fenced; cpu++) {
                        fence.callAndWait(c, cpu);
                    }
                    c.mb();
                });
    }
}
