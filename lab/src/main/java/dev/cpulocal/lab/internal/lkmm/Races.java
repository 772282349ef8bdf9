// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import org.jspecify.annotations.Nullable;

/** Plain accesses: whether they agree with the order of stores, and whether they race. */
final class Races {

    /*
     * The compiler may split, repeat or invent plain accesses, so each has a lifetime: from the
     * last marked access that comes before all of it (a pre-bound) to the first one that comes after
     * all of it (a post-bound). Of two conflicting accesses of different threads, one must be
     * ordered before or visible to the other within these bounds, or they race.
     */

    private final StaticOrder order;
    private final Execution execution;
    private final Relation wwVis;
    private final Relation wrVis;
    private final Relation rwXbStar;
    private final Relation preRace;

    /**
     * Computes.
     *
     * @param periods what grace periods order, or null if there are none
     */
    Races(Execution execution, Ordering ordering, Relation pb, @Nullable GracePeriods periods) {
        this.execution = execution;
        order = execution.order();
        Relation none = Relation.none(order.frame.size());
        Relation rcuFence = periods == null ? none : periods.fence;
        Relation fence = ordering.fence.or(rcuFence);
        Relation strong = ordering.strongFence.or(rcuFence);
        Relation rb = periods == null ? none : periods.rb;
        Relation xbStar = ordering.hb.or(pb, rb).star();
        Relation before = strong.to(order.marked).then(xbStar);
        Relation vis =
                ordering.cumulFence
                        .star()
                        .then(ordering.rfeOptional().to(order.marked))
                        .then(before.or(xbStar.and(order.internal)));

        EventSet ordered = order.reads.minus(order.noReturn);
        EventSet returning = order.noReturn.not();
        Relation rmb = order.fence(Tag.RMB);
        Relation wPre = ordering.addr.or(fence).optional().from(order.marked);
        Relation rPre =
                ordering.addr
                        .or(ordering.nonRwFence, rmb.from(ordered).to(returning))
                        .optional()
                        .from(order.marked);
        Relation wPost = fence.optional().to(order.marked).then(ordering.rmwSequence());
        Relation rPost =
                ordering.nonRwFence.or(rmb.from(returning).to(ordered)).optional().to(order.marked);

        Relation across = strong.then(xbStar);
        wwVis = fence.or(across.then(wPre), wPost.then(vis).then(wPre));
        wrVis = fence.or(across.then(rPre), wPost.then(vis).then(rPre));
        rwXbStar = fence.or(rPost.then(xbStar).then(wPre));
        preRace =
                Relation.product(order.plain, order.accesses)
                        .or(Relation.product(order.accesses.minus(order.initial), order.plain))
                        .and(order.external);
    }

    /** {@return whether no plain access contradicts the order of stores} */
    boolean isCoherent() {
        return preRace.and(execution.rf()).and(rwXbStar.inverse()).isEmpty()
                && preRace.and(execution.fr()).and(wrVis.inverse()).isEmpty()
                && preRace.and(execution.co()).and(wwVis.inverse()).isEmpty();
    }

    /** {@return whether there is a data race} */
    boolean isRacy() {
        EventSet stores = order.writes;
        Relation storesInOrder =
                wwVis.and(Relation.product(order.marked, stores).or(rwXbStar))
                        .and(Relation.product(stores, order.marked).or(wrVis));
        Relation seen = execution.co().optional().then(execution.rf());
        return !preRace.and(execution.co()).minus(storesInOrder).isEmpty()
                || !preRace.and(seen).minus(wrVis).minus(rwXbStar.inverse()).isEmpty()
                || !preRace.and(execution.fr()).minus(rwXbStar).isEmpty();
    }

    /** {@return whether plain stores and marked accesses of a place are in one region} */
    boolean areMixed() {
        EventSet stores = order.plain.and(order.writes);
        Relation close = order.po.and(execution.samePlace()).minus(barrier());
        return !close.from(stores).to(order.marked).isEmpty()
                || !close.from(order.marked).to(stores).isEmpty();
    }

    private Relation barrier() {
        Relation fences =
                order.fence(
                        Tag.BARRIER,
                        Tag.RMB,
                        Tag.WMB,
                        Tag.SYNCHRONIZE_RCU,
                        Tag.SYNCHRONIZE_SRCU,
                        Tag.BEFORE_ATOMIC,
                        Tag.AFTER_ATOMIC,
                        Tag.RCU_LOCK,
                        Tag.RCU_UNLOCK,
                        Tag.SRCU_LOCK,
                        Tag.SRCU_UNLOCK);
        EventSet ordering = order.acquire.or(order.release).or(order.full);
        return fences.or(
                order.through(ordering), order.po.to(order.release), order.po.from(order.acquire));
    }
}
