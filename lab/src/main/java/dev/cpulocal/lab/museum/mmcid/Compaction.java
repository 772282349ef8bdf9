// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/**
 * Which cid a thread gets in Linux 6.4 to 6.18 when its CPU keeps none for the mm: a small one, or
 * the one that it had last.
 */
final class Compaction {

    /*
     * Two CPUs are allowed of three. Each thread has a CPU of its own. From time to time a thread
     * on its way to user mode takes cids away: those that were not used for a while, and those that
     * are too large for the number of cids in use. A CPU that runs a thread finds LAZY_PUT at its
     * next context switch, gives the cid back, and draws another. Which one, __mm_cid_try_get()
     * says:
     *
     *     max_nr_cid is lowered to min(nr_cpus_allowed, mm_users)
     *     recent_cid, if it is below max_nr_cid and free
     *     else the first one that is free
     *
     * Left out: that max_nr_cid grows, which it does for new threads only; that lowering it can
     * fail, for no two threads draw at a time here; time; and the scan of the other CPU where that
     * never finds anything to take away.
     */

    /** How a cid is drawn. */
    enum Draw {
        /** As in Linux 6.14. */
        COMPACT,
        /** The first one that is free, of as many as there are CPUs: until 6.12. */
        FIRST_FREE,
        /** recent_cid if it is free; max_nr_cid is never lowered: 6.13. */
        RECENT,
        /** recent_cid must be below max_nr_cid, which is never lowered. */
        RECENT_BELOW_MAX,
        /** max_nr_cid is lowered, recent_cid may be anything. */
        MAX_LOWERED;

        private boolean lowersMax() {
            return this == COMPACT || this == MAX_LOWERED;
        }

        private boolean asksMax() {
            return this == COMPACT || this == RECENT_BELOW_MAX;
        }

        private int limit() {
            return this == FIRST_FREE ? POSSIBLE : ALLOWED;
        }
    }

    /** Steps that a model may say are never taken. */
    static final String LOWERED = "max_nr_cid is lowered";

    static final String WAITS = "no cid is free for now";

    private static final int ALLOWED = 2;
    private static final int POSSIBLE = 3;

    private final Draw draw;
    private final Never never;
    private final PcpuCids cids;
    private final Variable maxNrCid;
    private final Variable mmUsers;
    private final Variable recentCid;
    private final Variable userCid;

    private Compaction(Model.Builder m, Draw draw, Never never, List<Long> slots, List<Long> curr) {
        this.draw = draw;
        this.never = never;
        cids = new PcpuCids(m, slots, 0b11, curr, never);
        maxNrCid = m.shared("max_nr_cid", ALLOWED);
        mmUsers = m.shared("mm_users", 2);
        recentCid = m.shareds("recent_cid", slots);
        userCid = m.ghosts("user's cid", ALLOWED, 0);
    }

    /* ------------------------- The thread that is left ------------------------- */

    /**
     * {@return the model where thread 0, which has cid 0, exits, and thread 1 goes on for ever}
     *
     * @param name what messages call it
     */
    static Model shrinking(String name, Draw draw, Never never) {
        return Model.build(
                name,
                m -> {
                    var mm = new Compaction(m, draw, never, List.of(0L, 1L), List.of(0L, 1L));
                    m.task("thread 0", 0, mm::exit);
                    m.background("thread 1", 1).runs(mm::goOn);
                    m.againAndAgain(
                            "C6: again and again the cid is below the number of threads",
                            Expr.of(0)
                                    .lt(mm.userCid.get(1))
                                    .and(mm.userCid.get(1).le(mm.mmUsers.get())));
                });
    }

    private void exit(Code c) {
        c.call(
                "do_exit",
                () -> {
                    c.call("sched_mm_cid_exit_signals", () -> cids.exit(c, 0, Expr.of(0)));
                    c.as("mmput(mm)").add(mmUsers, -1);
                });
    }

    private void goOn(Code c) {
        var cid = c.local("cid");
        c.as("cid = t->mm_cid").set(cid, Expr.of(1));
        c.forever(() -> {
            c.as("user mode").set(userCid.get(1), cid.plus(1));
            c.call("task_mm_cid_work", () -> clearIfLarge(c));
            c.call("context_switch", () -> leave(c));
            c.call("context_switch", () -> enter(c, cid));
        });
    }

    private void clearIfLarge(Code c) {
        var mask = cids.mask(c, "weight = cpumask_weight(cidmask)");
        var cid = cids.slot(c, 1);
        c.as("if (mm_cid_is_valid(cid) && cid >= weight)");
        c.when(PcpuCids.isValid(cid).and(weight(mask).le(cid)), () -> cids.remoteClear(c, 1, cid));
    }

    private static Expr weight(Expr mask) {
        Expr sum = Expr.of(0);
        for (int cid = 0; cid < POSSIBLE; cid++) {
            sum = sum.plus(mask.with(Operator.SHIFT_RIGHT, Expr.of(cid)).and(1));
        }
        return sum;
    }

    private void leave(Code c) {
        cids.setCurr(c, 1, PcpuCids.IDLE);
        c.as("smp_mb__after_switch_mm()").mb();
        c.call("mm_cid_put_lazy", () -> cids.putIfLazy(c, 1, cids.slot(c, 1)));
    }

    /* ------------------------- A thread that wakes up ------------------------- */

    /**
     * {@return the model where thread 0, which runs with cid 1, takes cid 0 away from CPU 1, where
     * thread 1 wakes up}
     *
     * @param name what messages call it
     */
    static Model racing(String name, Draw draw, Never never) {
        return Model.build(
                name,
                m -> {
                    var mm =
                            new Compaction(
                                    m, draw, never, List.of(1L, 0L), List.of(0L, PcpuCids.IDLE));
                    m.task("thread 0", 0, mm::takeAway);
                    var idle = m.background("idle", 1);
                    var thread = m.waitingTask("thread 1");
                    idle.runs(c -> {
                        c.call("context_switch", () -> mm.enter(c, c.local("cid")));
                        c.switchTo(thread.id());
                    });
                    thread.runs(c -> c.as("run").let("running", Expr.of(1)));
                    m.always(
                            "C2: the two threads do not have the same cid",
                            mm.userCid.get(0).not().or(mm.userCid.get(0).ne(mm.userCid.get(1))));
                    m.always(
                            "C5: a cid is below the number of CPUs that are allowed",
                            mm.userCid.get(1).le(Expr.of(ALLOWED)));
                });
    }

    private void takeAway(Code c) {
        c.as("user mode").set(userCid.get(0), Expr.of(2));
        c.call("task_mm_cid_work", () -> cids.remoteClear(c, 1, Expr.of(0)));
    }

    /* ------------------------- Drawing a cid ------------------------- */

    private void enter(Code c, Local cid) {
        cids.setCurr(c, 1, 1);
        c.as("smp_mb__after_switch_mm()").mb();
        c.call(
                "mm_cid_get",
                () -> {
                    cids.loadSlot(c, cid, 1);
                    c.as("if (!mm_cid_is_valid(cid))");
                    c.when(PcpuCids.isValid(cid).not(), () -> replace(c, cid));
                });
        c.as("next->mm_cid = cid").set(userCid.get(1), cid.plus(1));
    }

    private void replace(Code c, Local cid) {
        cids.putIfLazy(c, 1, cid);
        c.call("__mm_cid_try_get", () -> tryGet(c, cid));
        cids.setSlot(c, 1, cid);
        c.as("recent_cid = cid").store(recentCid, Expr.of(1), cid);
    }

    private void tryGet(Code c, Local cid) {
        var done = c.label("done");
        var max = c.local("max");
        if (draw != Draw.FIRST_FREE) {
            c.as("max_nr_cid = atomic_read(&mm->max_nr_cid)").loadTo(max, maxNrCid);
            if (draw.lowersMax()) {
                lowerMax(c, max);
            }
            reuse(c, cid, max, done);
        }
        firstFree(c, cid);
        c.place(done);
    }

    private void lowerMax(Code c, Local max) {
        var users = c.as("min(mm->nr_cpus_allowed, atomic_read(&mm->mm_users))").load(mmUsers);
        c.as("if (max_nr_cid > allowed_max_nr_cid)");
        c.when(
                users.lt(max),
                () -> {
                    never.here(c, LOWERED);
                    c.as("cmpxchg(&mm->max_nr_cid, max_nr_cid, allowed_max_nr_cid)")
                            .compareAndExchange(maxNrCid, Expr.of(0), max, users, Order.FULL);
                    c.as("max_nr_cid = allowed_max_nr_cid").set(max, users);
                });
    }

    private void reuse(Code c, Local cid, Local max, Expr.Label done) {
        c.as("cid = recent_cid").loadTo(cid, recentCid, Expr.of(1));
        if (draw.asksMax()) {
            c.as("if (cid < max_nr_cid)");
            c.when(cid.lt(max), () -> take(c, cid, done));
        } else {
            take(c, cid, done);
        }
    }

    private void take(Code c, Local cid, Expr.Label done) {
        var taken = cids.testAndSet(c, cid, "test_and_set_bit(cid, cidmask)");
        c.as("if (it was clear) return cid").jumpIf(taken.not(), done);
    }

    private void firstFree(Code c, Local cid) {
        Expr limit = Expr.of(draw.limit());
        c.until(() -> {
            var mask = cids.mask(c, "cpumask_first_zero(cidmask)");
            c.as("cid = that").set(cid, CidPool.firstZero(mask, POSSIBLE));
            c.as(draw == Draw.FIRST_FREE ? "if (cid < nr_cpu_ids)" : "if (cid < nr_cpus_allowed)");
            var got = c.local("got");
            c.when(
                    cid.lt(limit),
                    () -> {
                        var taken = cids.testAndSet(c, cid, "test_and_set_bit(cid, cidmask)");
                        c.as("got = it was clear").set(got, taken.not());
                    },
                    () -> {
                        never.here(c, WAITS);
                        c.as("cpu_relax()").await(Expr.of(1));
                    });
            return got;
        });
    }
}
