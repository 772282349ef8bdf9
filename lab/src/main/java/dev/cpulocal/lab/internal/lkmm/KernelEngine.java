// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.LitmusEngine;
import dev.cpulocal.lab.internal.litmus.LitmusOptions;
import dev.cpulocal.lab.internal.litmus.LitmusResult;
import dev.cpulocal.lab.internal.litmus.LitmusSource;
import java.util.EnumSet;

/** Runs tests in the kernel's C under the kernel's memory model. */
public final class KernelEngine implements LitmusEngine {

    @Override
    public LitmusResult run(LitmusSource source, LitmusOptions options) {
        long begin = System.nanoTime();
        if (options.memoryModel() != null) {
            throw source.head()
                    .refusal(
                            options.memoryModel().title(),
                            "tests in C have the kernel's memory model (expected: no other)");
        }
        KernelTest test = new KernelTest(source);
        Effort effort = new Effort(options.budget());
        KernelSearch search = new KernelSearch(test, EnumSet.allOf(Axiom.class), effort);
        String limit = "";
        try {
            search.run();
        } catch (Effort.Exhausted e) {
            limit = String.valueOf(e.getMessage());
        }
        return new LitmusResult(
                source,
                null,
                search.states().states(),
                search.states().flags(),
                limit,
                effort.executions(),
                System.nanoTime() - begin);
    }
}
