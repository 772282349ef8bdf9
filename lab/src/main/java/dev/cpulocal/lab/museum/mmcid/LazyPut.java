// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

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

    private static final Expr CID = Expr.of(0);
    private static final int CPU = 1;

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 20;

    private final Barrier barrier;
    private final PcpuCids cids;
    private final Variable userCid;

    private LazyPut(Model.Builder m, Barrier barrier, Never never) {
        this.barrier = barrier;
        cids = new PcpuCids(m, List.of(PcpuCids.UNSET, 0L), 1, List.of(0L, PcpuCids.IDLE), never);
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
        cids.remoteClear(c, CPU, CID);
        var cid = c.local("cid");
        draw(c, cid, 2);
        c.as("user mode").set(userCid.get(0), cid.plus(1));
    }

    /* ------------------------- CPU 1 ------------------------- */

    private void contextSwitch(Code c, Model.Task next) {
        c.call(
                "context_switch",
                () -> {
                    cids.setCurr(c, CPU, 1);
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
        var cid = cids.slot(c, CPU);
        c.as("if (!mm_cid_is_valid(cid))");
        c.when(
                cid.ne(CID),
                () -> {
                    cids.putIfLazy(c, CPU, cid);
                    draw(c, cid, 1);
                    cids.setSlot(c, CPU, cid);
                });
        c.as("next->mm_cid = cid").set(userCid.get(1), cid.plus(1));
    }

    private void draw(Code c, Local cid, int other) {
        var taken = cids.testAndSet(c, CID, "test_and_set_bit(0, cidmask)");
        c.as("cid = 0 if it was clear, else another").set(cid, taken.times(other));
    }
}
