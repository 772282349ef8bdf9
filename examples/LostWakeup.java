// SPDX-License-Identifier: Apache-2.0

/// Does a thread that goes to sleep get the work that arrives meanwhile? A scenario for the model checker.
///
///     ./cpulocal prove examples/LostWakeup.java

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;

static final int RUNNING = 0;
static final int SLEEPING = 1;

Scenario scenario() {
    return new Scenario(
            "lost-wakeup",
            "A thread sleeps while there is work",
            "Who waits says so and looks for work; who brings work looks whether somebody waits.",
            List.of(
                    Variant.of("barriers", "Both have one between the two.", model(true))
                            .holds(SC, TSO, PSO, ARMV8, RISCV),
                    Variant.of("no barriers", "Neither has.", model(false))
                            .holds(SC)
                            .violated(TSO, PSO, ARMV8, RISCV)));
}

Model model(boolean barriers) {
    return Model.build("lost wake-up", m -> {
        var work = m.shared("work", 0);
        var state = m.shared("state", RUNNING);
        var sleeps = m.ghost("sleeps", 0);
        var woken = m.ghost("woken", 0);

        m.task("waiter", 0, c -> {
            c.as("state = SLEEPING").store(state, SLEEPING);
            if (barriers) {
                c.mb();
            }
            c.when(c.load(work).not(), () -> c.as("schedule()").set(sleeps.get(), 1));
        });

        m.task("waker", 1, c -> {
            c.store(work, 1);
            if (barriers) {
                c.mb();
            }
            c.when(c.load(state).eq(SLEEPING), () -> c.as("wake_up()").set(woken.get(), 1));
        });

        m.atEnd("who sleeps is woken", sleeps.get().le(woken.get()));
    });
}
