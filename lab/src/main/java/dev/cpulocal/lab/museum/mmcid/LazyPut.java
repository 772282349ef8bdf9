// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/**
 * Concurrency ids of Linux 6.4 to 6.18: each CPU keeps a cid for the mm, and another CPU may take
 * it away if no thread of the mm runs there.
 */
final class LazyPut {

    /*
     * CPU 0 takes cid 0 away from CPU 1, which begins to run a thread of the mm, and then draws a
     * cid for its own thread. The promise is store buffering once more:
     *
     *     CPU 1, context_switch()               CPU 0, sched_mm_cid_remote_clear()
     *     rq->curr = next                       pcpu_cid->cid |= LAZY_PUT (fully ordered)
     *     smp_mb__after_switch_mm()
     *     read pcpu_cid->cid                    read rq->curr
     *
     * Either CPU 0 sees the thread and leaves the cid alone, or the thread sees LAZY_PUT and does
     * not use it. membarrier asks for a full barrier too, but only before the return to user mode:
     * where switch_mm() has none, it comes from switch_to() or spin_unlock(), behind the read.
     *
     * Left out: in what order cids are drawn. A thread that does not get cid 0 has one of its own.
     */

    /** Where the barrier is between rq->curr and the end of the context switch. */
    enum Barrier {
        /** Before the cid is read. */
        BEFORE_CID,
        /** Behind that. */
        BEFORE_USER_MODE
    }

    /** Steps that a model may say are never taken. */
    static final String TAKEN = "the cid is taken away";

    static final String LEFT = "the cid is left alone";

    static final String SEEN = "the thread sees LAZY_PUT";

    private static final long LAZY_PUT = 16;
    private static final long UNSET = 64;
    private static final long CID = 0;

    private static final long IDLE = 9;
    private static final long THREAD = 1;

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 20;

    private final Barrier barrier;
    private final Never never;
    private final Variable pcpuCid;
    private final Variable cidmask;
    private final Variable curr;
    private final Variable userCid;

    private LazyPut(Model.Builder m, Barrier barrier, Never never) {
        this.barrier = barrier;
        this.never = never;
        pcpuCid = m.shared("pcpu_cid->cid", CID);
        cidmask = m.shared("cidmask", 1);
        curr = m.shared("rq->curr", IDLE);
        userCid = m.ghosts("user's cid", 2, 0);
        m.window(WINDOW);
        m.always(
                "C2: the two threads do not have the same cid",
                userCid.get(0).not().or(userCid.get(0).ne(userCid.get(1))));
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Barrier barrier, Never never) {
        return Model.build(
                name,
                m -> {
                    LazyPut cids = new LazyPut(m, barrier, never);
                    m.task("thread 0", 0, cids::compact);
                    var idle = m.background("idle", 1);
                    var thread = m.waitingTask("thread 1");
                    idle.runs(c -> cids.contextSwitch(c, thread));
                    thread.runs(c -> c.as("run").let("running", Expr.of(1)));
                });
    }

    /* ------------------------- CPU 0 ------------------------- */

    private void compact(Code c) {
        c.call("sched_mm_cid_remote_clear", () -> remoteClear(c));
        var cid = c.local("cid");
        draw(c, cid, 2);
        c.as("user mode").set(userCid.get(0), cid.plus(1));
    }

    private void remoteClear(Code c) {
        var old =
                c.as("cmpxchg(&pcpu_cid->cid, cid, cid | LAZY_PUT)")
                        .compareAndExchange(pcpuCid, CID, CID | LAZY_PUT);
        c.as("if (it was cid)");
        c.when(
                old.eq(CID),
                () -> {
                    var runs = c.as("rcu_dereference(rq->curr)").load(curr);
                    c.as("if (curr->mm == mm && curr->mm_cid_active)");
                    c.when(runs.eq(THREAD), () -> never.here(c, LEFT), () -> put(c, TAKEN));
                });
    }

    private void put(Code c, String step) {
        var lazy =
                c.as("cmpxchg(&pcpu_cid->cid, cid | LAZY_PUT, UNSET)")
                        .compareAndExchange(pcpuCid, CID | LAZY_PUT, UNSET);
        c.as("if (it was that)");
        c.when(
                lazy.eq(CID | LAZY_PUT),
                () -> {
                    never.here(c, step);
                    c.as("__mm_cid_put(): clear the bit")
                            .fetch(Operator.AND, cidmask, Expr.of(0), Expr.of(~1L));
                });
    }

    /* ------------------------- CPU 1 ------------------------- */

    private void contextSwitch(Code c, Model.Task next) {
        c.call(
                "context_switch",
                () -> {
                    c.as("rq->curr = next").store(curr, THREAD);
                    if (barrier == Barrier.BEFORE_CID) {
                        c.as("smp_mb__after_switch_mm()").mb();
                    }
                    c.call("switch_mm_cid", () -> switchMmCid(c));
                    if (barrier == Barrier.BEFORE_USER_MODE) {
                        c.as("smp_mb() /* switch_to() */").mb();
                    }
                });
        c.switchTo(next.id());
    }

    private void switchMmCid(Code c) {
        var cid = c.as("cid = pcpu_cid->cid").load(pcpuCid);
        c.as("if (!mm_cid_is_valid(cid))");
        c.when(
                cid.ne(CID),
                () -> {
                    c.as("if (mm_cid_is_lazy_put(cid))");
                    c.when(cid.eq(CID | LAZY_PUT), () -> put(c, SEEN));
                    draw(c, cid, 1);
                    c.as("pcpu_cid->cid = cid").store(pcpuCid, cid);
                });
        c.as("next->mm_cid = cid").set(userCid.get(1), cid.plus(1));
    }

    private void draw(Code c, Local cid, int other) {
        var before =
                c.as("test_and_set_bit(0, cidmask)")
                        .fetch(Operator.OR, cidmask, Expr.of(0), Expr.of(1));
        c.as("cid = 0 if it was clear, else another").set(cid, before.and(1).times(other));
    }
}
