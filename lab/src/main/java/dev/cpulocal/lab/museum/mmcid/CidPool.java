// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/** The cids of an mm that nobody has: the bits of cidmask that are clear. */
final class CidPool {

    private final Variable cidmask;
    private final int cids;

    /**
     * Adds it to a model.
     *
     * @param taken the bits of those that somebody has
     * @param cids how many there are
     */
    CidPool(Model.Builder m, long taken, int cids) {
        cidmask = m.shared("cidmask", taken);
        this.cids = cids;
    }

    /** {@return 1 if somebody has a cid, else 0; for properties} */
    Expr taken(int cid) {
        return cidmask.get().with(Operator.SHIFT_RIGHT, Expr.of(cid)).and(1);
    }

    /** {@code mm_get_cid()}: looks for one until there is one. */
    void get(Code c, Local to) {
        c.call(
                "mm_get_cid",
                () ->
                        c.until(() -> {
                            var got = c.local("got");
                            tryToTake(c, to, got);
                            c.as("if (cid == UNSET)");
                            c.when(got.not(), () -> c.as("cpu_relax()").await(Expr.of(1)));
                            return got;
                        }));
    }

    private void tryToTake(Code c, Local cid, Local got) {
        c.as("got = false").set(got, Expr.of(0));
        var mask = c.as("find_first_zero_bit(cidmask)").load(cidmask);
        c.as("cid = that").set(cid, firstZero(mask, cids));
        c.as("if (cid < nr_cids)");
        c.when(
                cid.lt(Expr.of(cids)),
                () -> {
                    var before =
                            c.as("test_and_set_bit(cid, cidmask)")
                                    .fetch(Operator.OR, cidmask, Expr.of(0), bit(cid));
                    c.as("got = it was clear").set(got, before.and(bit(cid)).not());
                });
    }

    /** {@return the first bit of so many that is clear, or their number} */
    static Expr firstZero(Expr mask, int cids) {
        Expr sum = Expr.of(0);
        Expr below = Expr.of(1);
        for (int cid = 0; cid < cids; cid++) {
            below = below.and(mask.with(Operator.SHIFT_RIGHT, Expr.of(cid)));
            sum = sum.plus(below);
        }
        return sum;
    }

    /** {@code mm_drop_cid()}. */
    void drop(Code c, Expr cid) {
        c.check("C3: clear_bit() is given a cid", cid.lt(Expr.of(cids)));
        c.as("clear_bit(cid, cidmask)").add(cidmask, Expr.of(0), Expr.of(0).minus(bit(cid)));
    }

    private static Expr bit(Expr cid) {
        return Expr.of(1).with(Operator.SHIFT_LEFT, cid);
    }
}
