// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import dev.cpulocal.lab.internal.lkmm.Path.Edge;
import org.jspecify.annotations.Nullable;

/** What the grace periods of RCU and SRCU order. */
final class GracePeriods {

    /*
     * A sequence of grace periods and read-side critical sections, each linked to the next by what
     * must have happened in between (link), orders like a strong fence if it has at least as many
     * grace periods as critical sections. For SRCU they must be of the same domain. Only barriers,
     * locks and unlocks are in "sequences", so most rows are empty and cost nothing.
     */

    private final StaticOrder order;
    private final Execution execution;
    private final Ordering ordering;
    private final Relation after;

    final Relation srcuSections;
    final Relation fence;
    final Relation rb;

    /**
     * Computes.
     *
     * @param pb what propagates before what
     */
    GracePeriods(Execution execution, Ordering ordering, Relation pb) {
        this.order = execution.order();
        this.execution = execution;
        this.ordering = ordering;
        after = ordering.hbStar.then(pb.star());
        srcuSections = srcuSections(execution);
        fence = order.po.then(sequences()).then(order.po.optional());
        rb = ordering.prop.then(fence).then(after).to(order.marked);
    }

    /** {@return whether an execution has any} */
    static boolean areIn(Frame frame) {
        return !frame.tags(Tag.SYNCHRONIZE_RCU, Tag.SYNCHRONIZE_SRCU).isEmpty();
    }

    /** {@return the pairs of an {@code srcu_read_lock} and its unlock} */
    static Relation srcuSections(Execution execution) {
        StaticOrder order = execution.order();
        EventSet locks = order.frame.tags(Tag.SRCU_LOCK);
        if (locks.isEmpty()) {
            return Relation.none(order.frame.size());
        }
        Relation carry = order.data.to(order.srcuUnlocks.not()).then(execution.rf()).star();
        return carry.from(locks).then(order.data.to(order.srcuUnlocks)).and(execution.samePlace());
    }

    private Relation sequences() {
        EventSet periods = order.frame.tags(Tag.SYNCHRONIZE_RCU);
        EventSet domainPeriods = order.frame.kinds(Kind.SYNCHRONIZE);
        Relation sections = order.frame.edges(Edge.Kind.CRITICAL).inverse();
        Sandwich rcu = new Sandwich(periods, sections, null);
        Sandwich srcu =
                domainPeriods.isEmpty()
                        ? null
                        : new Sandwich(
                                domainPeriods, srcuSections.inverse(), execution.samePlace());
        EventSet ends = periods.or(domainPeriods).or(sections.domain()).or(sections.range());
        ends = ends.or(srcuSections.domain()).or(srcuSections.range());
        Relation link =
                order.po
                        .optional()
                        .from(ends)
                        .then(after)
                        .then(ordering.prop)
                        .then(order.po.to(ends));
        Relation result = Relation.identity(periods.or(domainPeriods));
        Relation inner = link;
        while (true) {
            Relation more = result.or(rcu.around(inner), result.then(link).then(result));
            more = srcu == null ? more : more.or(srcu.around(inner));
            if (more.equals(result)) {
                return result;
            }
            result = more;
            inner = link.or(link.then(result).then(link));
        }
    }

    /** A grace period on one side and a critical section, backwards, on the other. */
    private record Sandwich(EventSet periods, Relation sections, @Nullable Relation samePlace) {

        Relation around(Relation inner) {
            Relation all = inner.from(periods).then(sections).or(sections.then(inner.to(periods)));
            return samePlace == null ? all : all.and(samePlace);
        }
    }
}
