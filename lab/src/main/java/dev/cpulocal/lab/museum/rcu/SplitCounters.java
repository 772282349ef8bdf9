// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/** SRCU readers in a task and in an NMI of the same CPU, and a grace period on another CPU. */
final class SplitCounters {

    /*
     * A reader counts itself in srcu_lock_count when it begins and in srcu_unlock_count when it
     * ends. A grace period is over for the readers that it found when both sums are the same. The
     * updater replaces an object, looks once, and frees the old one if the sums are the same: as it
     * can look at any time, a loop would show no more. There is one CPU with readers and one index,
     * which does for one grace period.
     *
     * Barriers are named as in kernel/rcu/srcutree.c: B behind counting in, C before counting out,
     * A between the two sums. In user space, where readers count in sections, the NMI is a signal.
     * It comes once, between any two lines of the task.
     */

    /** How readers count, and how the sums are made. */
    enum Counting {
        /** An atomic instruction, everywhere. */
        ATOMIC,
        /** Load, add, store, everywhere. */
        PLAIN,
        /** Load, add, store in tasks, and an atomic instruction on another counter in NMIs. */
        SPLIT,
        /** The same; who began is summed before who ended. */
        SPLIT_LOCKS_FIRST,
        /** The same; tasks are looked at first and then NMIs. */
        SPLIT_HALVES,
        /** The same, with no barrier between the sums. */
        SPLIT_NO_BARRIER,
        /** A section on one counter, and if it is aborted, an atomic instruction on the other. */
        RSEQ,
        /** The same, but a section that is aborted has committed all the same. */
        RSEQ_TWICE
    }

    /** A step that a model may say is never taken. */
    static final String FREED = "the old object is freed";

    /** Another such step. */
    static final String IN_BETWEEN = "the NMI comes while the task counts itself in";

    private static final long USED = 1;
    private static final long FREE = 0;
    private static final int WINDOW = 24;

    private static final int TASK = 0;
    private static final int NMI = 1;

    private final Counting counting;
    private final Never never;
    private final Variable locks;
    private final Variable unlocks;
    private final Variable pointer;
    private final Variable memory;
    private final Variable nmi;
    private final Expr.Label counts = new Expr.Label("counts");
    private final Expr.Label counted = new Expr.Label("counted");

    SplitCounters(Model.Builder m, Counting counting, Never never) {
        this.counting = counting;
        this.never = never;
        locks = m.shareds("srcu_lock_count", 2, 0);
        unlocks = m.shareds("srcu_unlock_count", 2, 0);
        pointer = m.shared("pointer", 0);
        memory = m.shareds("memory", List.of(USED, USED));
        nmi = m.ghost("NMI", 1);
        m.window(WINDOW);
        var task = m.task("reader", 0, this::task);
        m.task("updater", 1, this::updater);
        m.handler("NMI", it -> it == task ? nmi.get() : null, this::nmi);
    }

    /* ------------------------- Readers ------------------------- */

    private void task(Code c) {
        c.call(
                "srcu_read_lock",
                () -> {
                    c.place(counts);
                    count(c, locks, TASK);
                    c.place(counted);
                    c.as("smp_mb() /* B */").mb();
                });
        use(c);
        unlock(c, TASK);
    }

    private void nmi(Code c) {
        c.as("NMI").set(nmi.get(), 0);
        if (never.step().equals(IN_BETWEEN)) {
            c.check("never: " + IN_BETWEEN, c.interruptedIn(counts, counted).not());
        }
        c.call(
                "srcu_read_lock",
                () -> {
                    count(c, locks, NMI);
                    c.as("smp_mb() /* B */").mb();
                });
        use(c);
        unlock(c, NMI);
    }

    private void unlock(Code c, int context) {
        c.call(
                "srcu_read_unlock",
                () -> {
                    c.as("smp_mb() /* C */").mb();
                    count(c, unlocks, context);
                });
    }

    private void use(Code c) {
        var object = c.as("p = srcu_dereference(pointer)").load(pointer);
        var is = c.as("*p").load(memory, object);
        c.check("no reader uses what was freed", is.eq(USED));
    }

    private void count(Code c, Variable counters, int context) {
        switch (counting) {
            case ATOMIC -> atomic(c, counters, TASK);
            case PLAIN -> plain(c, counters, TASK);
            case RSEQ, RSEQ_TWICE -> sequence(c, counters);
            case SPLIT, SPLIT_LOCKS_FIRST, SPLIT_HALVES, SPLIT_NO_BARRIER -> {
                if (context == NMI) {
                    atomic(c, counters, NMI);
                } else {
                    plain(c, counters, TASK);
                }
            }
        }
    }

    private static void atomic(Code c, Variable counters, int which) {
        Expr counter = Expr.of(which);
        c.as("atomic_inc(&" + counters.describe(counter) + ")").add(counters, counter, Expr.of(1));
    }

    private static void plain(Code c, Variable counters, int which) {
        Expr counter = Expr.of(which);
        String name = counters.describe(counter);
        var before = c.as("r = " + name).load(counters, counter);
        c.as(name + " = r + 1").store(counters, counter, before.plus(1));
    }

    /** Nothing of its CPU comes into a section, so it is one line. */
    private void sequence(Code c, Variable counters) {
        Expr counter = Expr.of(TASK);
        Runnable section =
                () -> {
                    c.as("rseq: " + counters.describe(counter) + "++");
                    c.add(counters, counter, Expr.of(1));
                };
        if (counting == Counting.RSEQ_TWICE) {
            section.run();
        }
        var aborted = c.as("the section is aborted").choose("aborted", 2);
        Runnable otherwise = counting == Counting.RSEQ ? section : () -> {};
        c.as("if (it is)").when(aborted, () -> atomic(c, counters, NMI), otherwise);
    }

    /* ------------------------- The updater ------------------------- */

    private void updater(Code c) {
        c.as("rcu_assign_pointer(pointer, new)").storeRelease(pointer, 1);
        c.as("smp_mb()").mb();
        Expr over = gracePeriodIsOver(c);
        c.as("if (the sums are the same)");
        c.when(
                over,
                () -> {
                    c.as("smp_mb()").mb();
                    never.here(c, FREED);
                    c.as("kfree(old)").store(memory, Expr.of(0), Expr.of(FREE));
                });
    }

    private Expr gracePeriodIsOver(Code c) {
        return switch (counting) {
            case SPLIT_HALVES -> half(c, TASK).and(half(c, NMI));
            case SPLIT_LOCKS_FIRST -> {
                Expr began = sum(c, locks);
                c.as("smp_mb() /* A */").mb();
                yield began.eq(sum(c, unlocks));
            }
            case SPLIT_NO_BARRIER -> sum(c, unlocks).eq(sum(c, locks));
            case ATOMIC, PLAIN, SPLIT, RSEQ, RSEQ_TWICE -> {
                Expr ended = sum(c, unlocks);
                c.as("smp_mb() /* A */").mb();
                yield ended.eq(sum(c, locks));
            }
        };
    }

    private static Expr sum(Code c, Variable counters) {
        var both = c.load(counters, Expr.of(TASK)).plus(c.load(counters, Expr.of(NMI)));
        return c.as("their sum").let("sum", both);
    }

    private Expr half(Code c, int context) {
        Expr ended = c.load(unlocks, Expr.of(context));
        c.as("smp_mb() /* A */").mb();
        return c.let("same", ended.eq(c.load(locks, Expr.of(context))));
    }
}
