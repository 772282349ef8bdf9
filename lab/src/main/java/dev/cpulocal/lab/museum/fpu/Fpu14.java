// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-14: a CPU that was off. */
final class Fpu14 {

    private static final long LOST = 8;

    private static final Variants<Change> VARIANTS = new Variants<>("FPU-14", Fpu14::describe);

    private Fpu14() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-14", "A CPU comes up, and still has an owner", Area.FPU)
                .kernels("3.3 to 3.7, as is told")
                .bounds(
                        "two CPUs, of which one goes off and on, any number of times. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        A CPU that is taken off, as all but one are for suspend, loses its \
                        registers. Its owner is memory, which it does not lose. A task that was \
                        preempted on it, and did not return to user mode elsewhere in the \
                        meantime, finds that it is the owner and that this is its last CPU, and \
                        goes on with what a reset leaves in the registers.\
                        """)
                .history(
                        "",
                        "",
                        "arch/x86/kernel/smpboot.c",
                        "A CPU that is started has no owner: \"the FPU context is"
                                + " blank, nobody can own it\".")
                .unchecked(
                        "Found and fixed by Vincent Palatin for suspend, 644c15418638"
                                + " in Linux 3.8.")
                .derived(
                        "The bug needs no suspend: that the CPU goes off and on while"
                                + " a system call sleeps is enough.")
                .reference(VARIANTS.of("fixed", "Its owner is reset.", Change.NONE).holds(SC))
                .variant(
                        VARIANTS.of("owner kept", "Its owner is kept.", Change.CPU_UP_KEEPS_OWNER)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        Fpu.STILL_THERE, "The fixed code, said never to find this.", Change.NONE)
                .violated(SC);
    }

    private static void describe(Model.Builder m, Change change, Never never) {
        var tasks = List.of(Who.user("task"), Who.kthread(1), Who.kthread(0));
        var fpu = new Fpu(m, 2, tasks, change, never);
        fpu.runs(c -> {
            fpu.computes(c, 4);
            fpu.systemCall(c, "read", () -> Preemption.idle(c, "anything that sleeps"));
            c.forever(() -> fpu.usesRegisters(c));
        });
        fpu.runs(c -> c.forever(() -> Preemption.idle(c, "anything")));
        fpu.runs(c -> c.forever(() -> offAndOn(c, fpu, change)));
    }

    private static void offAndOn(Code c, Fpu fpu, Change change) {
        Preemption.idle(c, "anything");
        c.withoutInterrupts(() -> {
            c.as("the CPU is off").set(fpu.registers.get(here()), LOST);
            if (change != Change.CPU_UP_KEEPS_OWNER) {
                c.as("per_cpu(fpu_fpregs_owner_ctx, cpu) = NULL")
                        .set(fpu.owner.get(here()), Fpu.NOBODY);
            }
            Preemption.idle(c, "the CPU is on");
        });
    }
}
