// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.MemoryModel;
import java.util.List;

/** Machines that take too many steps together, since they know too little of what lines do. */
public enum FlawedReduction {
    /** As it should be. */
    NONE,

    /** What other tasks read later is not known. */
    FUTURE_READS {
        @Override
        void forget(Compiled line) {
            line.futureReads = 0;
        }
    },

    /** What other tasks write later is not known. */
    FUTURE_WRITES {
        @Override
        void forget(Compiled line) {
            line.futureWrites = 0;
        }
    },

    /** What the line itself reads is not known. */
    READS {
        @Override
        void forget(Compiled line) {
            line.reads = 0;
        }
    },

    /** What the line itself writes is not known. */
    WRITES {
        @Override
        void forget(Compiled line) {
            line.writes = 0;
        }
    },

    /** What properties see is not known. */
    PROPERTIES {
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

    void forget(Compiled line) {}

    Program known(Program program) {
        return program;
    }

    /** {@return a machine with this flaw} */
    public Machine machine(Program program, MemoryModel model) {
        Layout layout = Layout.first(program, model);
        Machine machine = Machine.of(known(program), model, layout, true);
        for (Compiled[] task : machine.code) {
            for (Compiled line : task) {
                forget(line);
            }
        }
        return machine;
    }
}
