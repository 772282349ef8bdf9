// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

/** What happens before what, and what propagates before what. */
final class Ordering {

    /*
     * "ppo" is the part of program order that a CPU keeps. "prop" leads from one event to another
     * that the first one's effects must have reached; the stores before a fence reach others before
     * those after it (cumulFence). Within one CPU, what is reached later happens later: "hb". A
     * strong fence makes everything before it reach every CPU before anything after it: "pb".
     *
     * An atomic operation carries on the order that the store that it read from has (rmwSequence).
     * A lock hands over order from its last holder to the next one (handover).
     */

    private final StaticOrder order;
    private final Relation rfe;
    private final Relation rmwSequence;
    private final Relation handover;

    final Relation addr;
    final Relation overwrite;
    final Relation strongFence;
    final Relation nonRwFence;
    final Relation fence;
    final Relation cumulFence;
    final Relation prop;
    final Relation hb;
    final Relation hbStar;

    Ordering(Execution execution) {
        order = execution.order();
        rfe = execution.rf().and(order.external);
        overwrite = execution.co().or(execution.fr());
        rmwSequence = execution.rf().then(order.rmw).star();
        handover = handover(execution.rf());
        strongFence = order.mb.or(order.gp, afterHandover());
        nonRwFence = strongFence.or(order.poRel, order.acqPo);
        fence = nonRwFence.or(order.wmb, order.rmb);
        Relation carry = carry(execution.rf().and(order.internal));
        addr = carry.then(order.address);
        cumulFence = cumulFence();
        prop = prop();
        Relation ppo = ppo(carry, execution.rf().and(order.internal));
        Relation reached = prop.and(order.internal).minus(Relation.identity(order.frame.size()));
        hb = ppo.or(rfe, reached).within(order.marked);
        hbStar = hb.star();
    }

    private Relation handover(Relation rf) {
        return order.lockReads.isEmpty()
                ? Relation.none(order.frame.size())
                : order.po
                        .to(order.unlocks)
                        .then(order.po.or(rf).to(order.lockReads))
                        .then(order.po);
    }

    private Relation afterHandover() {
        EventSet fences = order.frame.tags(Tag.AFTER_UNLOCK_LOCK);
        return handover.to(fences).then(order.po).within(order.accesses);
    }

    /** Dependencies go on through what a thread stores and loads again. */
    private Relation carry(Relation rfi) {
        return order.data.to(order.srcuUnlocks.not()).then(rfi).star();
    }

    private Relation ppo(Relation carry, Relation rfi) {
        Relation dep = addr.or(carry.then(order.data));
        Relation toWrite =
                dep.or(carry.then(order.control))
                        .to(order.writes)
                        .or(overwrite.and(order.internal), addr.to(order.plain).then(order.wmb));
        Relation toRead = addr.to(order.reads).or(dep.to(order.marked).then(rfi));
        return toWrite.or(toRead, fence.or(handover).and(order.internal));
    }

    private Relation cumulFence() {
        Relation seen = rfe.to(order.marked).optional();
        return seen.then(strongFence.or(order.poRel))
                .or(order.wmb, handover)
                .within(order.marked)
                .then(rmwSequence);
    }

    private Relation prop() {
        return overwrite
                .and(order.external)
                .optional()
                .from(order.marked)
                .then(cumulFence.star().to(order.marked))
                .then(rfe.optional())
                .to(order.marked);
    }

    /** {@return what propagates everywhere before what} */
    Relation pb() {
        return prop.then(strongFence).then(hbStar).to(order.marked);
    }

    /** {@return a step from a store to whoever reads it, or none} */
    Relation rfeOptional() {
        return rfe.optional();
    }

    /** {@return the steps from a store to those of the atomic operations after it} */
    Relation rmwSequence() {
        return rmwSequence;
    }
}
