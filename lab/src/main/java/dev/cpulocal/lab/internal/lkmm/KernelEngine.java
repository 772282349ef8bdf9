// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.LitmusEngine;
import dev.cpulocal.lab.internal.litmus.LitmusOptions;
import dev.cpulocal.lab.internal.litmus.LitmusResult;
import dev.cpulocal.lab.internal.litmus.LitmusSource;
import dev.cpulocal.lab.internal.litmus.MachineEngine;
import dev.cpulocal.lab.internal.litmus.Placement;
import java.util.EnumSet;

/**
 * Runs tests in the kernel's C: under the kernel's memory model, by its axioms, or on the machine
 * under the memory model of an architecture.
 */
public final class KernelEngine implements LitmusEngine {

    @Override
    public LitmusResult run(LitmusSource source, LitmusOptions options) {
        long begin = System.nanoTime();
        KernelTest test = new KernelTest(source);
        MemoryModel model = options.memoryModel();
        if (model != null) {
            return MachineEngine.run(source, MachineProgram.of(test, model), options, begin);
        }
        Placement.refuse(source);
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
