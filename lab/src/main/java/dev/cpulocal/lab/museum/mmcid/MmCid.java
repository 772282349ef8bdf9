// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.List;
import java.util.Set;

/** The concurrency ids of one mm: who has which, and what a context switch does with them. */
final class MmCid {

    /*
     * Each thread that runs has a cid of its own, below the number of CPUs. There are as many as
     * CPUs, one bit each in cidmask. In per-task mode a thread keeps its cid while it does not run;
     * if there are more threads than cids, the mm goes to per-CPU mode, in which CPUs keep them and
     * lend them to the thread that runs. A thread's cid and a CPU's slot are numbers with bits that
     * say who owns the cid:
     *
     *     n            the thread           n | ONCPU     the CPU
     *     UNSET        nobody               n | TRANSIT   nobody: who leaves gives it back
     *
     * While a thread runs, both have the same: one of them is a mirror. The mode of the mm has the
     * bits ONCPU and TRANSIT; TRANSIT while a walk over all threads, or all CPUs, is under way that
     * brings what is left over into the new mode. rq->lock of a CPU protects its slot and the cids
     * of the threads that run or wait there.
     *
     * The bits have smaller numbers than in the kernel. Left out: max_cids, which is the number of
     * CPUs all the time, and so the moves to smaller cids.
     */

    /** {@code MM_CID_TRANSIT}. */
    static final long TRANSIT = 16;

    /** {@code MM_CID_ONCPU}. */
    static final long ONCPU = 32;

    /** {@code MM_CID_UNSET}. */
    static final long UNSET = 64;

    /** A step that a model may say is never taken. */
    static final String MARKED = "a context switch puts a cid in transit";

    /** What the bit is for. */
    static final String IN_TRANSIT =
            "C4: during the walk, who sees the new mode has its cid in transit";

    private static final long TO_CPU = 1;
    private static final long TO_TASK = 2;

    private final Set<Change> changes;
    private final Never never;
    private final int cids;
    private final Variable mode;
    private final Variable transit;
    private final CidPool pool;
    private final Variable slots;
    private final Variable cidOf;
    private final Variable transition;

    /**
     * Adds the state to a model.
     *
     * @param mode the mode at first
     * @param cidmask which cids are taken
     * @param slots what the CPUs' slots hold; one for each CPU
     * @param cidOf what the threads have
     */
    MmCid(
            Model.Builder m,
            Set<Change> changes,
            Never never,
            long mode,
            long cidmask,
            List<Long> slots,
            List<Long> cidOf) {
        this.changes = changes;
        this.never = never;
        this.cids = slots.size();
        this.mode = m.shared(changes.contains(Change.TWO_WORDS) ? "percpu" : "mode", mode);
        transit = m.shared("transit", 0);
        pool = new CidPool(m, cidmask, cids);
        this.slots = m.shareds("pcpu->cid", slots);
        this.cidOf = m.shareds("mm_cid.cid", cidOf);
        transition = m.ghost("transition", 0);
    }

    boolean has(Change change) {
        return changes.contains(change);
    }

    /* ------------------------- Properties ------------------------- */

    /**
     * Says what holds of the cids at the end.
     *
     * @param quiet that no CPU is in a context switch
     */
    void invariants(Model.Builder m, Expr quiet) {
        Expr all = Expr.of(1);
        for (int cid = 0; cid < cids; cid++) {
            all = Expr.all(all, pool.taken(cid).eq(owners(cid)));
        }
        m.atEnd(
                "C1: a cid that is taken has one owner, and no other cid has one",
                quiet.not().or(all));
    }

    private Expr owners(int cid) {
        Expr sum = Expr.of(0);
        for (int task = 0; task < cidOf.length(); task++) {
            sum = sum.plus(cidOf.get(task).and(~TRANSIT).eq(cid));
        }
        for (int cpu = 0; cpu < cids; cpu++) {
            sum = sum.plus(slots.get(cpu).eq(cid | ONCPU));
        }
        return sum;
    }

    /**
     * Says that the walk over the threads leaves no cid to a thread.
     *
     * @param quiet that no CPU is in a context switch
     */
    void noneOnTasks(Model.Builder m, Expr quiet) {
        Expr none = Expr.of(1);
        for (int task = 0; task < cidOf.length(); task++) {
            none = Expr.all(none, onTask(cidOf.get(task)).not());
        }
        m.atEnd("C4: behind the walk no thread owns a cid", quiet.not().or(none));
    }

    /** Checks what a thread has that goes to user mode. {@return its cid} */
    Local toUser(Code c, int task) {
        var cid = c.as("task_cid(t)").load(cidOf, Expr.of(task));
        c.check("C5: a thread in user mode has a cid", number(cid).lt(Expr.of(cids)));
        return cid;
    }

    /* ------------------------- The context switch ------------------------- */

    /** {@code mm_cid_schedout()}, with the lock of the CPU's run queue held. */
    void schedout(Code c, int task, int cpu) {
        c.call(
                "mm_cid_schedout",
                () -> {
                    var cid = c.as("cid = prev->mm_cid.cid").load(cidOf, Expr.of(task));
                    c.as("if (cid_in_transit(cid))");
                    c.when(cid.and(TRANSIT), () -> leaveTransit(c, number(cid), task, cpu));
                });
    }

    private void leaveTransit(Code c, Expr cid, int task, int cpu) {
        var now = c.as("mode = READ_ONCE(mm->mm_cid.mode)").load(mode);
        Expr inTransit = now.and(TRANSIT);
        if (has(Change.TWO_WORDS)) {
            inTransit = c.as("READ_ONCE(mm->mm_cid.transit)").load(transit);
        }
        c.as("if (!cid_in_transit(mode) && cid < max_cids)");
        c.when(
                Expr.all(inTransit.not(), cid.lt(Expr.of(cids))),
                () -> store(c, task, cpu, cid.or(now.and(ONCPU))),
                () -> {
                    pool.drop(c, cid);
                    c.as("prev->mm_cid.cid = UNSET").store(cidOf, Expr.of(task), Expr.of(UNSET));
                });
    }

    /** {@code mm_cid_schedin()}, with the lock of the CPU's run queue held. */
    void schedin(Code c, int task, int cpu) {
        c.call(
                "mm_cid_schedin",
                () -> {
                    var slot = c.as("cpu_cid = pcpu->cid").load(slots, Expr.of(cpu));
                    c.as("mode = READ_ONCE(mm->mm_cid.mode)");
                    var now = has(Change.ACQUIRE) ? c.loadAcquire(mode) : c.load(mode);
                    var cid = c.as("tcid = t->mm_cid.cid").load(cidOf, Expr.of(task));
                    c.as("if (!cid_on_cpu(mode))");
                    c.when(
                            now.and(ONCPU).not(),
                            () -> fromTask(c, task, cpu, cid, slot, now),
                            () -> fromCpu(c, task, cpu, cid, slot, now));
                });
    }

    private void fromTask(Code c, int task, int cpu, Local cid, Local slot, Local now) {
        var done = c.label("done");
        c.as("if (cid_on_task(tcid | cpu_cid))");
        c.when(
                onTask(cid.or(slot)),
                () -> {
                    c.as("pcpu->cid = tcid").store(slots, Expr.of(cpu), cid);
                    c.jump(done);
                });
        c.as("if (cid_on_cpu(cpu_cid))");
        c.when(
                slot.and(ONCPU),
                () -> {
                    c.as("if (cid_on_task(tcid))");
                    c.when(
                            onTask(cid),
                            () -> pool.drop(c, number(slot)),
                            () -> c.as("tcid = cpu_cid").set(cid, number(slot)));
                });
        c.as("if (!cid_on_task(tcid))");
        c.when(onTask(cid).not(), () -> pool.get(c, cid));
        mark(c, now, () -> c.as("tcid |= TRANSIT").set(cid, cid.or(Expr.of(TRANSIT))));
        c.check(IN_TRANSIT, transition.get().ne(TO_TASK).or(cid.and(TRANSIT).isTrue()));
        store(c, task, cpu, cid);
        c.place(done);
    }

    private void fromCpu(Code c, int task, int cpu, Local cid, Local slot, Local now) {
        var done = c.label("done");
        c.as("if (cid_on_cpu(cpu_cid & tcid))");
        c.when(
                cid.and(slot).and(ONCPU),
                () -> {
                    c.as("t->mm_cid.cid = cpu_cid").store(cidOf, Expr.of(task), slot);
                    c.jump(done);
                });
        c.as("if (cid_on_task(tcid))");
        c.when(
                onTask(cid),
                () -> {
                    c.as("if (cid_on_cpu(cpu_cid))");
                    c.when(
                            slot.and(ONCPU),
                            () -> pool.drop(c, cid),
                            () -> c.as("cpu_cid = tcid | ONCPU").set(slot, cid.or(Expr.of(ONCPU))));
                });
        c.as("if (!cid_on_cpu(cpu_cid))");
        c.when(
                slot.and(ONCPU).not(),
                () -> {
                    pool.get(c, slot);
                    c.as("cpu_cid |= ONCPU").set(slot, slot.or(Expr.of(ONCPU)));
                });
        mark(
                c,
                now,
                () ->
                        c.as("cpu_cid = cpu_cid & ~ONCPU | TRANSIT")
                                .set(slot, number(slot).or(Expr.of(TRANSIT))));
        c.check(IN_TRANSIT, transition.get().ne(TO_CPU).or(slot.and(TRANSIT).isTrue()));
        store(c, task, cpu, slot);
        c.place(done);
    }

    private void mark(Code c, Local now, Runnable change) {
        Runnable mark =
                () -> {
                    never.here(c, MARKED);
                    change.run();
                };
        if (has(Change.TWO_WORDS)) {
            var inTransit = c.as("READ_ONCE(mm->mm_cid.transit)").load(transit);
            c.as("if (mm->mm_cid.transit)");
            c.when(inTransit, mark);
        } else {
            c.as("if (mode & TRANSIT)");
            c.when(now.and(TRANSIT), mark);
        }
    }

    private void store(Code c, int task, int cpu, Expr cid) {
        c.as("pcpu->cid = cid").store(slots, Expr.of(cpu), cid);
        c.as("t->mm_cid.cid = cid").store(cidOf, Expr.of(task), cid);
    }

    /* ------------------------- Mode and words ------------------------- */

    /** Begins a change of the mode. */
    void flip(Code c, long newMode) {
        boolean direct = has(Change.DIRECT_TO_CPU) && newMode == ONCPU;
        if (!direct) {
            c.as("the walk begins").set(transition.get(), newMode == ONCPU ? TO_CPU : TO_TASK);
        }
        if (has(Change.TWO_WORDS)) {
            c.as("WRITE_ONCE(mm->mm_cid.transit, TRANSIT)").store(transit, TRANSIT);
            c.as("WRITE_ONCE(mm->mm_cid.percpu, new)");
            if (has(Change.RELEASE)) {
                c.storeRelease(mode, newMode);
            } else {
                c.store(mode, newMode);
            }
        } else {
            long word = direct ? newMode : newMode | TRANSIT;
            String text = direct ? "new" : "new | TRANSIT";
            c.as("WRITE_ONCE(mm->mm_cid.mode, " + text + ")").store(mode, word);
        }
        barrier(c);
    }

    /** {@code mm_cid_complete_transit()}. */
    void complete(Code c, long newMode) {
        barrier(c);
        c.as("the walk has ended").set(transition.get(), 0);
        if (has(Change.TWO_WORDS)) {
            c.as("WRITE_ONCE(mm->mm_cid.transit, 0)").store(transit, 0);
        } else {
            c.as("WRITE_ONCE(mm->mm_cid.mode, new)").store(mode, newMode);
        }
    }

    private void barrier(Code c) {
        if (!has(Change.TWO_WORDS)) {
            c.mb();
        }
    }

    /** {@return whether a cid is owned by a thread} */
    static Expr onTask(Expr cid) {
        return cid.lt(Expr.of(TRANSIT));
    }

    /** {@return a cid without the bits that say who owns it} */
    static Expr number(Expr cid) {
        return cid.and(~(TRANSIT | ONCPU));
    }

    /* ------------------------- For walks ------------------------- */

    CidPool pool() {
        return pool;
    }

    Local slot(Code c, Expr cpu) {
        return c.as("pcp->cid").load(slots, cpu);
    }

    Local cid(Code c, Expr task) {
        return c.as("t->mm_cid.cid").load(cidOf, task);
    }

    void setSlot(Code c, Expr cpu, Expr cid) {
        c.as("pcp->cid = cid").store(slots, cpu, cid);
    }

    void setCid(Code c, Expr task, Expr cid) {
        c.as("t->mm_cid.cid = cid").store(cidOf, task, cid);
    }
}
