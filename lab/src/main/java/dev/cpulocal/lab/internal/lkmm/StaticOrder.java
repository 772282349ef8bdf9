// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import dev.cpulocal.lab.internal.lkmm.Path.Edge;

/** The sets and relations of the model that do not depend on who reads from whom. */
final class StaticOrder {

    /*
     * The names are those of the kernel's definition of the model, so that one can be held against
     * the other: "po" is program order, "rmb" the pairs of loads that smp_rmb() orders, and so on.
     *
     * Atomic operations carry their mark on the load and on the store. An acquire means something on
     * the load only, a release on the store only, and on an operation that did not store, nothing
     * means anything. A full barrier on an atomic operation comes before the load and after the
     * store.
     */

    final Frame frame;
    final EventSet initial;
    final EventSet reads;
    final EventSet writes;
    final EventSet accesses;
    final EventSet marked;
    final EventSet plain;
    final EventSet acquire;
    final EventSet release;
    final EventSet full;
    final EventSet noReturn;
    final EventSet unlocks;
    final EventSet lockReads;
    final EventSet srcuUnlocks;

    final Relation po;
    final Relation internal;
    final Relation external;
    final Relation rmw;
    final Relation address;
    final Relation data;
    final Relation control;

    final Relation acqPo;
    final Relation poRel;
    final Relation rmb;
    final Relation wmb;
    final Relation mb;
    final Relation gp;

    private final int[] partners;

    StaticOrder(Frame frame) {
        this.frame = frame;
        EventSet loads = frame.kinds(Kind.READ);
        EventSet stores = frame.kinds(Kind.WRITE);
        initial = EventSet.of(frame.size(), frame::isInitial);
        unlocks = frame.kinds(Kind.UNLOCK);
        lockReads = frame.kinds(Kind.LOCK_READ);
        reads = loads.or(frame.kinds(Kind.LOCK_READ, Kind.BUSY, Kind.FREE));
        writes = stores.or(frame.kinds(Kind.LOCK_WRITE, Kind.UNLOCK));
        accesses = reads.or(writes);
        plain = frame.tags(Tag.PLAIN).and(loads.or(stores));
        marked = plain.not();
        srcuUnlocks = frame.tags(Tag.SRCU_UNLOCK);

        po = Relation.of(frame.size(), frame::isBefore).or(frame.edges(Edge.Kind.ORDER));
        internal =
                Relation.of(
                        frame.size(),
                        (a, b) -> frame.thread(a) == frame.thread(b) && !frame.isInitial(a));
        external = Relation.of(frame.size(), (a, b) -> frame.thread(a) != frame.thread(b));
        rmw = frame.edges(Edge.Kind.ATOMIC);
        partners = partners();
        address = frame.edges(Edge.Kind.ADDRESS);
        data = frame.edges(Edge.Kind.DATA);
        control = frame.edges(Edge.Kind.CONTROL);

        EventSet atomic = EventSet.of(frame.size(), i -> frame.event(i).atomic());
        EventSet failed = atomic.minus(rmw.domain()).minus(rmw.range());
        acquire = frame.tags(Tag.ACQUIRE).minus(stores).minus(failed).or(lockReads);
        release = frame.tags(Tag.RELEASE).minus(loads).minus(failed).or(unlocks);
        full = frame.tags(Tag.MB).minus(failed);
        noReturn = frame.tags(Tag.NORETURN).minus(stores);

        acqPo = po.from(acquire).to(accesses);
        poRel = po.from(accesses).to(release);
        EventSet ordered = reads.minus(noReturn);
        rmb = fence(Tag.RMB).within(ordered);
        wmb = fence(Tag.WMB).within(writes);
        mb = mb(atomic);
        gp = po.to(frame.tags(Tag.SYNCHRONIZE_RCU, Tag.SYNCHRONIZE_SRCU)).then(po.optional());
    }

    /** {@return the load of the atomic operation that a store belongs to; negative if to none} */
    int load(int store) {
        return partners[store];
    }

    /** {@return the pairs with such a barrier in between} */
    Relation fence(Tag tag, Tag... others) {
        return through(frame.tags(tag, others));
    }

    /** {@return the pairs with one of these in between} */
    Relation through(EventSet events) {
        return po.to(events).then(po);
    }

    private int[] partners() {
        int[] loads = new int[frame.size()];
        for (int store = 0; store < loads.length; store++) {
            loads[store] = -1;
            for (int load = 0; load < loads.length; load++) {
                loads[store] = rmw.has(load, store) ? load : loads[store];
            }
        }
        return loads;
    }

    private Relation mb(EventSet atomic) {
        EventSet taken = frame.kinds(Kind.LOCK_WRITE);
        Relation any =
                through(full)
                        .or(
                                po.to(full.and(reads)),
                                po.from(full.and(writes)),
                                fence(Tag.BEFORE_ATOMIC).to(atomic).then(po.optional()),
                                po.optional().to(atomic).then(fence(Tag.AFTER_ATOMIC)),
                                po.optional().to(taken).then(fence(Tag.AFTER_SPINLOCK)),
                                po.optional()
                                        .to(srcuUnlocks)
                                        .then(fence(Tag.AFTER_SRCU_READ_UNLOCK)));
        return any.within(accesses);
    }
}
