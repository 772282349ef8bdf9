// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Budget;

/** Counts what a search looks at, and ends it when its budget is used up. */
final class Effort {
    private static final int STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 256;

    private final Budget budget;
    private final long begin = System.nanoTime();
    private long executions;
    private int steps;

    Effort(Budget budget) {
        this.budget = budget;
    }

    /** The budget is used up. */
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exhausted(String limit) {
            super(limit, null, false, false);
        }
    }

    /** Takes a step of the search. */
    void step() {
        if (++steps % STEPS_BETWEEN_LOOKS_AT_THE_CLOCK == 0
                && System.nanoTime() - begin > budget.time().toNanos()) {
            throw new Exhausted("time: " + budget.time().toMillis() / 1e3 + " s");
        }
    }

    /** Looks at an execution. */
    void execution() {
        step();
        if (++executions > budget.states()) {
            throw new Exhausted("executions: " + budget.states());
        }
    }

    /** {@return how many executions were looked at} */
    long executions() {
        return executions;
    }
}
