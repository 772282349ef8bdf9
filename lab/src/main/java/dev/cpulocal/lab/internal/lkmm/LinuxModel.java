// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The axioms of the Linux kernel's memory model, but for those that candidates fulfil anyway. */
final class LinuxModel {
    private final Execution execution;
    private final boolean allowed;
    private final @Nullable Races races;

    /**
     * Asks the axioms about an execution.
     *
     * @param axioms which of them hold
     */
    LinuxModel(Execution execution, Set<Axiom> axioms) {
        this.execution = execution;
        StaticOrder order = execution.order();
        Ordering ordering = new Ordering(execution);
        Relation pb = ordering.pb();
        boolean isOrdered =
                (!axioms.contains(Axiom.HAPPENS_BEFORE) || ordering.hbStar.isStarOfAcyclic())
                        && (!axioms.contains(Axiom.PROPAGATION) || pb.isAcyclic());
        if (!isOrdered) {
            allowed = false;
            races = null;
            return;
        }
        GracePeriods periods =
                GracePeriods.areIn(order.frame) ? new GracePeriods(execution, ordering, pb) : null;
        boolean isGraceful =
                periods == null || !axioms.contains(Axiom.RCU) || periods.rb.isIrreflexive();
        races =
                isGraceful && !order.plain.isEmpty()
                        ? new Races(execution, ordering, pb, periods)
                        : null;
        allowed =
                isGraceful
                        && (races == null
                                || !axioms.contains(Axiom.PLAIN_COHERENCE)
                                || races.isCoherent());
    }

    /** {@return whether the execution is possible} */
    boolean isAllowed() {
        return allowed;
    }

    /** {@return what is wrong with a test that has this execution} */
    Set<Flag> flags() {
        return Flag.of(execution, races);
    }
}
