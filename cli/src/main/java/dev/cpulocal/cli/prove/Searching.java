// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.cli.terminal.Units;
import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import java.time.Duration;

/**
 * How models are searched.
 *
 * @param budget when to give up on one
 * @param threads how many threads search
 * @param reduced with partial-order reduction
 */
public record Searching(Budget budget, int threads, boolean reduced) {

    /** {@return how one searches if nobody says otherwise} */
    public static Searching usual() {
        return new Searching(Budget.DEFAULT, Runtime.getRuntime().availableProcessors(), true);
    }

    /** {@return how each of several models is searched at the same time} */
    Searching dividedBy(int number) {
        long bytes = Math.max(Budget.LEAST_BYTES, budget.bytes() / number);
        return new Searching(budget.withBytes(bytes), threads / number, reduced);
    }

    /**
     * {@return a checker that searches so}
     *
     * @param memoryModel what CPUs may do out of order
     * @param what what is being done, for people
     * @param status is told how far it is
     */
    Checker checker(MemoryModel memoryModel, String what, StatusLine status) {
        return new Checker(
                memoryModel,
                budget,
                threads,
                reduced,
                progress -> status.say(what + ": " + text(progress)));
    }

    static String text(Checker.Progress progress) {
        double seconds = Math.max(1, progress.nanos()) / (double) Duration.ofSeconds(1).toNanos();
        return Units.count(progress.states())
                + " states, "
                + Units.count(Math.round(progress.states() / seconds))
                + " a second, "
                + Units.count(progress.waiting())
                + " waiting, depth "
                + Units.count(progress.depth());
    }
}
