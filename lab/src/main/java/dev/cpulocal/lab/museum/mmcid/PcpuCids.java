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
 * What each CPU keeps of an mm in Linux 6.4 to 6.18: a cid, which another CPU may take away if no
 * thread of the mm runs there.
 */
final class PcpuCids {

    /** Steps that a model may say are never taken. */
    static final String TAKEN = "the cid is taken away";

    static final String LEFT = "the cid is left alone";

    static final String SEEN = "the thread sees LAZY_PUT";

    /** {@code MM_CID_UNSET}. */
    static final long UNSET = 64;

    /** No thread of the mm. */
    static final long IDLE = 9;

    private static final long LAZY_PUT = 16;

    private final Never never;
    private final Variable slots;
    private final Variable cidmask;
    private final Variable curr;

    /**
     * Adds them to a model.
     *
     * @param slots the cid that each CPU has
     * @param cidmask the bits of those that somebody has
     * @param curr the thread that each CPU runs
     */
    PcpuCids(Model.Builder m, List<Long> slots, long cidmask, List<Long> curr, Never never) {
        this.never = never;
        this.slots = m.shareds("pcpu_cid->cid", slots);
        this.cidmask = m.shared("cidmask", cidmask);
        this.curr = m.shareds("rq->curr", curr);
    }

    /* ------------------------- Taking a cid away ------------------------- */

    /**
     * {@code sched_mm_cid_remote_clear()}.
     *
     * @param cpu whose cid is taken away
     * @param cid what it has
     */
    void remoteClear(Code c, int cpu, Expr cid) {
        c.call(
                "sched_mm_cid_remote_clear",
                () -> {
                    var old =
                            c.as("cmpxchg(&pcpu_cid->cid, cid, cid | LAZY_PUT)")
                                    .compareAndExchange(
                                            slots, Expr.of(cpu), cid, lazy(cid), Order.FULL);
                    c.as("if (it was cid)");
                    c.when(old.eq(cid), () -> putUnlessRuns(c, cpu, cid));
                });
    }

    private void putUnlessRuns(Code c, int cpu, Expr cid) {
        var runs = c.as("rcu_dereference(rq->curr)").load(curr, Expr.of(cpu));
        c.as("if (curr->mm == mm && curr->mm_cid_active)");
        c.when(runs.ne(IDLE), () -> never.here(c, LEFT), () -> put(c, cpu, cid, TAKEN));
    }

    /** Gives a cid back if its CPU was told to. */
    void putIfLazy(Code c, int cpu, Expr cid) {
        c.as("if (mm_cid_is_lazy_put(cid))");
        c.when(cid.and(LAZY_PUT), () -> put(c, cpu, cid.and(~LAZY_PUT), SEEN));
    }

    private void put(Code c, int cpu, Expr cid, String step) {
        var old =
                c.as("cmpxchg(&pcpu_cid->cid, cid | LAZY_PUT, UNSET)")
                        .compareAndExchange(
                                slots, Expr.of(cpu), lazy(cid), Expr.of(UNSET), Order.FULL);
        c.as("if (it was that)");
        c.when(
                old.eq(lazy(cid)),
                () -> {
                    never.here(c, step);
                    clear(c, cid);
                });
    }

    /** {@code sched_mm_cid_exit_signals()}: the thread that a CPU runs has no cid any more. */
    void exit(Code c, int cpu, Expr cid) {
        c.as("t->mm_cid_active = 0").store(curr, Expr.of(cpu), Expr.of(IDLE));
        c.mb();
        c.as("pcpu_cid->cid = UNSET").store(slots, Expr.of(cpu), Expr.of(UNSET));
        clear(c, cid);
    }

    private void clear(Code c, Expr cid) {
        c.as("__mm_cid_put(): clear the bit")
                .fetch(Operator.AND, cidmask, Expr.of(0), Expr.of(-1).minus(bit(cid)));
    }

    private static Expr lazy(Expr cid) {
        return cid.or(Expr.of(LAZY_PUT));
    }

    private static Expr bit(Expr cid) {
        return Expr.of(1).with(Operator.SHIFT_LEFT, cid);
    }

    /* ------------------------- Accesses ------------------------- */

    /** {@return what a CPU has, with the bit LAZY_PUT, or UNSET} */
    Local slot(Code c, int cpu) {
        var cid = c.local("cid");
        loadSlot(c, cid, cpu);
        return cid;
    }

    /** The same, into a local variable that is there already. */
    void loadSlot(Code c, Local cid, int cpu) {
        c.as("cid = pcpu_cid->cid").loadTo(cid, slots, Expr.of(cpu));
    }

    /** Says what a CPU has. */
    void setSlot(Code c, int cpu, Expr cid) {
        c.as("pcpu_cid->cid = cid").store(slots, Expr.of(cpu), cid);
    }

    /** Says what a CPU runs next. */
    void setCurr(Code c, int cpu, long task) {
        c.as("rq->curr = next").store(curr, Expr.of(cpu), Expr.of(task));
    }

    /** {@return a copy of the bits of the cids that somebody has} */
    Local mask(Code c, String text) {
        return c.as(text).load(cidmask);
    }

    /** Takes a cid. {@return 1 if somebody has it already, else 0} */
    Expr testAndSet(Code c, Expr cid, String text) {
        var before = c.as(text).fetch(Operator.OR, cidmask, Expr.of(0), bit(cid));
        return before.with(Operator.SHIFT_RIGHT, cid).and(1);
    }

    /** {@return whether a slot or what was read of one is a cid} */
    static Expr isValid(Expr cid) {
        return cid.lt(Expr.of(LAZY_PUT));
    }
}
