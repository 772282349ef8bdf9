// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.lkmm.Path.Edge;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a test: then the model says nothing of what the code does. */
enum Flag {
    /** Two accesses race, one of them plain. */
    DATA_RACE("data-race"),
    /** A plain store and a marked access to a place with no barrier between them. */
    MIXED_ACCESSES("mixed-accesses"),
    /** An {@code rcu_read_lock} without end. */
    UNMATCHED_RCU_LOCK("unmatched-rcu-lock"),
    /** An {@code rcu_read_unlock} without beginning. */
    UNMATCHED_RCU_UNLOCK("unmatched-rcu-unlock"),
    /** An {@code srcu_read_lock} without end. */
    UNMATCHED_SRCU_LOCK("unmatched-srcu-lock"),
    /** An {@code srcu_read_unlock} without beginning. */
    UNMATCHED_SRCU_UNLOCK("unmatched-srcu-unlock"),
    /** An {@code srcu_read_lock} with several ends. */
    MULTIPLE_SRCU_MATCHES("multiple-srcu-matches"),
    /** A {@code synchronize_srcu} within an RCU read-side critical section. */
    INVALID_SLEEP("invalid-sleep"),
    /** An {@code srcu_read_unlock} with another value than its lock. */
    SRCU_BAD_VALUE_MATCH("srcu-bad-value-match"),
    /** A lock or SRCU domain is accessed as a number too. */
    MIXED_LOCK_ACCESSES("mixed-lock-accesses"),
    /** A test asks for the final value of a lock. */
    LOCK_FINAL("lock-final");

    private final String title;

    Flag(String title) {
        this.title = title;
    }

    /** {@return its name in herd's output} */
    String title() {
        return title;
    }

    /** {@return what is wrong with every execution of a frame} */
    static Set<Flag> of(StaticOrder order) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        Relation sections = order.frame.edges(Edge.Kind.CRITICAL);
        EventSet locks = order.frame.tags(Tag.RCU_LOCK);
        EventSet unlocks = order.frame.tags(Tag.RCU_UNLOCK);
        add(flags, UNMATCHED_RCU_LOCK, !locks.minus(sections.domain()).isEmpty());
        add(flags, UNMATCHED_RCU_UNLOCK, !unlocks.minus(sections.range()).isEmpty());
        Relation sleeps = order.fence(Tag.SYNCHRONIZE_SRCU);
        add(flags, INVALID_SLEEP, !sections.and(sleeps).isEmpty());
        return flags;
    }

    /** {@return what is wrong with an execution only} */
    static Set<Flag> of(Execution execution, @Nullable Races races) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (races != null) {
            add(flags, DATA_RACE, races.isRacy());
            add(flags, MIXED_ACCESSES, races.areMixed());
        }
        if (!execution.order().frame.tags(Tag.SRCU_LOCK, Tag.SRCU_UNLOCK).isEmpty()) {
            srcu(flags, execution);
            add(flags, MIXED_LOCK_ACCESSES, isMixed(execution));
        }
        return flags;
    }

    private static boolean isMixed(Execution execution) {
        Frame frame = execution.order().frame;
        EventSet locking = EventSet.of(frame.size(), i -> frame.event(i).isLocking());
        EventSet others = EventSet.of(frame.size(), i -> !frame.isInitial(i)).minus(locking);
        return !execution.samePlace().from(others).to(locking).isEmpty();
    }

    private static void srcu(Set<Flag> flags, Execution execution) {
        StaticOrder order = execution.order();
        Relation sections = GracePeriods.srcuSections(execution);
        EventSet locks = order.frame.tags(Tag.SRCU_LOCK);
        add(flags, UNMATCHED_SRCU_LOCK, !locks.minus(sections.domain()).isEmpty());
        add(flags, UNMATCHED_SRCU_UNLOCK, !order.srcuUnlocks.minus(sections.range()).isEmpty());
        Relation pairs = sections.inverse().then(sections);
        Relation identity = Relation.identity(order.frame.size());
        add(flags, MULTIPLE_SRCU_MATCHES, !pairs.minus(identity).isEmpty());
        Relation differing =
                Relation.of(
                        order.frame.size(),
                        (a, b) -> execution.knowledge().value(a) != execution.knowledge().value(b));
        add(flags, SRCU_BAD_VALUE_MATCH, !sections.and(differing).isEmpty());
    }

    private static void add(Set<Flag> flags, Flag flag, boolean applies) {
        if (applies) {
            flags.add(flag);
        }
    }

    /** {@return whether executions of a frame can differ in what is wrong with them} */
    static boolean canDiffer(StaticOrder order) {
        return !order.plain.isEmpty()
                || !order.frame.tags(Tag.SRCU_LOCK, Tag.SRCU_UNLOCK).isEmpty();
    }
}
