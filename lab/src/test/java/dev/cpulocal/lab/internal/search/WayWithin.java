// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Program;

/** The search for the way to what is broken, by itself. */
public final class WayWithin {

    private WayWithin() {}

    /** {@return what of the budget does not suffice to find it; empty if it is found} */
    public static String exceeded(Program program, Budget budget) {
        MemoryModel model = MemoryModel.SC;
        Machine machine = Machine.of(program, model, Layout.first(program, model), false);
        try {
            new TraceSearch(machine, false, Allowance.of(budget).to("see")).find();
            return "";
        } catch (Allowance.Exceeded exceeded) {
            return String.valueOf(exceeded.getMessage());
        }
    }
}
