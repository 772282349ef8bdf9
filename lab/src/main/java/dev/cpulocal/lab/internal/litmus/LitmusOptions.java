// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How tests are run.
 *
 * @param memoryModel the memory model; null for that of each test's architecture
 * @param budget how much one test may take
 * @param reduced whether steps that nobody can tell apart are taken together
 * @param threads how many threads search in one test
 * @param progress told now and then how far a search is
 */
public record LitmusOptions(
        @Nullable MemoryModel memoryModel,
        Budget budget,
        boolean reduced,
        int threads,
        Consumer<Checker.Progress> progress) {

    /** The memory model of the architecture, no limit but memory, one thread. */
    public static final LitmusOptions DEFAULT = new LitmusOptions(null, Budget.DEFAULT, true);

    /** One thread, and nobody is told. */
    public LitmusOptions(@Nullable MemoryModel memoryModel, Budget budget, boolean reduced) {
        this(memoryModel, budget, reduced, 1, _ -> {});
    }
}
