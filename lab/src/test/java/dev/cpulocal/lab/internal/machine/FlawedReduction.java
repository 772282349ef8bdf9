// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.MemoryModel;
import java.util.List;
import java.util.function.Consumer;

/** Machines that take too many steps together, since they know too little of what lines do. */
public enum FlawedReduction {
    /** As it should be. */
    NONE(_ -> {}),

    /** What other tasks read later is not known. */
    FUTURE_READS(line -> line.futureReads = 0),

    /** What other tasks write later is not known. */
    FUTURE_WRITES(line -> line.futureWrites = 0),

    /** What the line itself reads is not known. */
    READS(line -> line.reads = 0),

    /** What the line itself writes is not known. */
    WRITES(line -> line.writes = 0),

    /** What properties see is not known. */
    PROPERTIES(_ -> {}) {
        @Override
        Program known(Program program) {
            return new Program(
                    program.name(),
                    program.tasks(),
                    program.initial(),
                    program.memory(),
                    program.addresses(),
                    program.hardware(),
                    program.handlers(),
                    List.of(),
                    program.observed(),
                    program.progress(),
                    program.window());
        }
    };

    private final Consumer<Compiled> forgetting;

    FlawedReduction(Consumer<Compiled> forgetting) {
        this.forgetting = forgetting;
    }

    Program known(Program program) {
        return program;
    }

    /** {@return a machine with this flaw} */
    public Machine machine(Program program, MemoryModel model) {
        Layout layout = Layout.first(program, model);
        Machine machine = Machine.of(known(program), model, layout, true);
        for (Compiled[] task : machine.code) {
            for (Compiled line : task) {
                forgetting.accept(line);
            }
        }
        return machine;
    }
}
