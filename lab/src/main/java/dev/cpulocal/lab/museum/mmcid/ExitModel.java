// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import static dev.cpulocal.lab.museum.mmcid.MmCid.ONCPU;
import static dev.cpulocal.lab.museum.mmcid.MmCid.UNSET;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.List;
import java.util.Set;

/** An exit by which an mm goes back to per-task mode; two CPUs and two threads that run there. */
final class ExitModel {

    private static final Expr CPU_1 = Expr.of(1);

    private final MmCid mm;
    private final RunQueues queues;
    private final CidWalk walk;
    private final Variable forked;

    private ExitModel(
            Model.Builder m,
            Set<Change> changes,
            Never never,
            long mode,
            long mask,
            List<Long> cids) {
        mm = new MmCid(m, changes, never, mode, mask, cids, cids);
        queues = new RunQueues(m, List.of(0L, 1L), List.of(0L, 1L));
        walk = new CidWalk(mm, queues, never);
        forked = m.ghost("mutex released", 0);
        mm.invariants(m, queues.quiet());
    }

    /**
     * {@return the model where thread 1 runs while thread 0 forks, and exits then}
     *
     * @param name what messages call it
     */
    static Model afterFork(String name, Set<Change> changes, Never never) {
        return Model.build(
                name,
                m -> {
                    ExitModel model = new ExitModel(m, changes, never, 0, 0b11, List.of(0L, 1L));
                    m.task("thread 0", 0, model::fork);
                    m.task("thread 1", 1, model::exitAfterFork);
                });
    }

    private void fork(Code c) {
        walk.fork(c, 2, () -> {});
        c.as("mutex_unlock(&mm_cid->mutex)").set(forked.get(), 1);
        mm.toUser(c, 0);
    }

    private void exitAfterFork(Code c) {
        mm.toUser(c, 1);
        c.as("mutex_lock(&mm_cid->mutex)").await(forked.get());
        walk.exit(c, 1, 1, 0);
    }

    /**
     * {@return the model where thread 0 exits while thread 1 runs that has no cid yet, which its
     * first context switch is to give it}
     *
     * @param name what messages call it
     */
    static Model withoutCid(String name, Set<Change> changes, Never never) {
        return Model.build(
                name,
                m -> {
                    ExitModel model =
                            new ExitModel(m, changes, never, ONCPU, 0b01, List.of(ONCPU, UNSET));
                    m.task("thread 0", 0, c -> model.walk.exit(c, 0, 0, 1));
                    var one = m.task("thread 1", 1);
                    var idle = m.waitingBackground("idle 1");
                    one.runs(c -> model.leaveAndReturn(c, idle));
                    idle.runs(c -> model.idle(c, one));
                });
    }

    private void leaveAndReturn(Code c, Model.Task idle) {
        c.call(
                "__schedule",
                () -> {
                    queues.lock(c, CPU_1);
                    queues.setCurr(c, 1, RunQueues.IDLE);
                    mm.schedout(c, 1, 1);
                    c.switchTo(idle.id());
                });
        queues.unlock(c, CPU_1);
        mm.toUser(c, 1);
    }

    private void idle(Code c, Model.Task next) {
        queues.unlock(c, CPU_1);
        c.call(
                "__schedule",
                () -> {
                    queues.lock(c, CPU_1);
                    queues.setCurr(c, 1, 1);
                    mm.schedin(c, 1, 1);
                    c.switchTo(next.id());
                });
    }
}
