// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.internal.search.Search;
import java.util.function.Consumer;

/**
 * Explores a model: every schedule, every interrupt, every order that the memory model permits.
 *
 * <p>Immutable, and safe for use by several threads; each {@link #check} uses its own threads.
 *
 * @param memoryModel what CPUs may do out of order
 * @param budget when to give up
 * @param threads how many threads search
 * @param reduced whether steps that nobody else can tell apart are taken together. That changes the
 *     number of states, and never a verdict or a final state.
 * @param progress told now and then how far the search is
 */
public record Checker(
        MemoryModel memoryModel,
        Budget budget,
        int threads,
        boolean reduced,
        Consumer<Progress> progress) {

    /**
     * How far a search is.
     *
     * @param model the name of the model
     * @param states distinct states so far
     * @param waiting those that were not looked at yet
     * @param depth how long ways are by now
     * @param nanos since the beginning
     */
    public record Progress(String model, long states, long waiting, int depth, long nanos) {}

    /** Checks the number of threads. */
    public Checker {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: 1 or more)");
        }
    }

    /** {@return a checker that uses all CPUs and reductions} */
    public static Checker of(MemoryModel memoryModel) {
        return new Checker(
                memoryModel,
                Budget.DEFAULT,
                Runtime.getRuntime().availableProcessors(),
                true,
                _ -> {});
    }

    /** {@return the same with another budget} */
    public Checker with(Budget newBudget) {
        return new Checker(memoryModel, newBudget, threads, reduced, progress);
    }

    /** {@return the same with another number of threads} */
    public Checker withThreads(int newThreads) {
        return new Checker(memoryModel, budget, newThreads, reduced, progress);
    }

    /** {@return the same without reductions} */
    public Checker unreduced() {
        return new Checker(memoryModel, budget, threads, false, progress);
    }

    /** {@return the same, telling how far it is} */
    public Checker telling(Consumer<Progress> newProgress) {
        return new Checker(memoryModel, budget, threads, reduced, newProgress);
    }

    /**
     * {@return what it finds}
     *
     * @param model the model
     * @throws IllegalArgumentException if the model cannot be checked; the message says why
     */
    public Verdict check(Model model) {
        return Search.run(model.program(), this);
    }
}
