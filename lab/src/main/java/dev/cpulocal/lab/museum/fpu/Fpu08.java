// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-08: a new program that begins with the registers of the old one. */
final class Fpu08 {

    static final Variants<Change> VARIANTS =
            new Variants<>(
                    "FPU-08",
                    (m, change, never) -> {
                        var tasks = List.of(Who.user("task"), Who.kthread(1), Who.kthread(0));
                        describe(new Fpu(m, 2, tasks, change, never), change);
                    });

    private Fpu08() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "FPU-08",
                        "exec() invalidates the wrong half of the lazy FPU state",
                        Area.FPU)
                .kernels("5.8 to 6.5")
                .bounds("one exec(); preemption at any time")
                .story(
                        """
                        A task's FPU registers are not restored if they are still on the CPU: if \
                        the CPU's fpu_fpregs_owner_ctx is the task and the task's last_cpu is the \
                        CPU. exec() resets the image in memory, and made the registers invalid by \
                        resetting the owner of the CPU that it ran on. But the registers of the \
                        old program are on whatever CPU the task was preempted on before, and if \
                        it is back there when it returns to user mode, the new program has them.\
                        """)
                .said(
                        "Documentation",
                        "until 2023",
                        "the comment in arch/x86/kernel/fpu/context.h",
                        "Either one of these invalidation functions is enough.")
                .settled(
                        Outcome.REFUTED,
                        "owner reset",
                        "Resetting the owner alone leaves the registers on the CPU"
                                + " where they are; \"owner kept\" shows the other direction.")
                .history(
                        "Rick Edgecombe",
                        "18 August 2023",
                        "[PATCH] x86: Use __fpu_invalidate_fpregs_state() in exec,"
                                + " linux-kernel; 1f69383b203e, Linux 6.6",
                        "Reported by Lei Wang; the mail has the steps. The bug is of"
                                + " 33344368cb08, Linux 5.8.")
                .derived(
                        "That the comment is wrong in the other direction too, in the"
                                + " variant \"owner kept\", is our conclusion.")
                .reference(
                        VARIANTS.of("fixed", "exec() resets the task's last_cpu.", Change.NONE)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "owner reset",
                                        "exec() resets the owner of its CPU, which may not be the"
                                                + " one with the old registers.",
                                        Change.EXEC_RESETS_OWNER)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "not reset",
                                        "exec() resets neither.",
                                        Change.EXEC_RESETS_NOTHING)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "owner kept",
                                        "exec() is right, but the kernel uses registers and leaves"
                                                + " them their owner.",
                                        Change.KERNEL_KEEPS_OWNER)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        Fpu.STILL_THERE, "The fixed code, said never to do this.", Change.NONE)
                .violated(SC);
    }

    private static void describe(Fpu fpu, Change change) {
        fpu.runs(c -> {
            fpu.usesRegisters(c);
            fpu.systemCall(c, "exec", () -> exec(c, fpu, change));
            fpu.usesRegisters(c);
        });
        fpu.runs(fpu::kthread);
        fpu.runs(fpu::kthread);
    }

    private static void exec(Code c, Fpu fpu, Change change) {
        Preemption.idle(c, "open the program");
        c.call("fpu_reset_fpregs", () -> c.withoutInterrupts(() -> reset(c, fpu, change)));
        Preemption.idle(c, "start_thread()");
    }

    private static void reset(Code c, Fpu fpu, Change change) {
        if (change == Change.EXEC_RESETS_OWNER) {
            fpu.dropOwner(c);
        } else if (change != Change.EXEC_RESETS_NOTHING) {
            fpu.invalidateTask(c, Preemption.current(c));
        }
        fpu.setImage(c, "memcpy(&fpu->fpstate->regs, &init_fpstate.regs)", Fpu.INIT);
        fpu.setNeedLoad(c);
    }
}
