// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-10: an instruction that fails, and does half of its work. */
final class Fpu10 {

    private static final String PATCH =
            "[patch V3 2/6] x86/fpu: Invalidate FPU state after a failed XRSTOR from a user buffer,"
                    + " linux-kernel";

    private static final Variants<Change> VARIANTS = new Variants<>("FPU-10", Fpu10::describe);

    private Fpu10() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "FPU-10",
                        "A failed XRSTOR has changed another task's registers (CVE-2021-47226)",
                        Area.FPU)
                .kernels("5.2 to 5.12; the bug is of 1d731e731c4c")
                .bounds(
                        "one CPU, two tasks, one sigreturn(), any number of faults. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        sigreturn() restores registers from user memory, while those on the CPU \
                        may still be kept for another task. XRSTOR is allowed to fail with a page \
                        fault and to have changed some of them. The kernel then dropped the lock \
                        to fault the page in, and left the other task its owner: if that task \
                        runs next, nothing is restored, and it goes on with what the failed \
                        instruction left.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "8 June 2021",
                        PATCH,
                        "Both Intel and AMD consider it to be architecturally valid"
                                + " for XRSTOR to fail with #PF but nonetheless change the"
                                + " register state.")
                .said(
                        "Andy Lutomirski",
                        "8 June 2021",
                        PATCH,
                        "If this happens, then there is a window in which"
                                + " __fpu__restore_sig() could schedule out and the victim task"
                                + " could schedule back in without reloading its own FPU"
                                + " registers.")
                .settled(
                        Outcome.CONFIRMED,
                        "owner kept",
                        "The victim is preempted, a page fault comes, the victim is back.")
                .said(
                        "Andy Lutomirski",
                        "8 June 2021",
                        PATCH + ", the comment in the code",
                        "In case current owns the FPU registers then no further action"
                                + " is required.")
                .settled(
                        Outcome.CONFIRMED,
                        "fixed",
                        "The owner is reset only if the registers are another's. If"
                                + " they are its own, the task is about to replace them.")
                .history(
                        "Andy Lutomirski",
                        "9 June 2021",
                        "d8778e393afa, Linux 5.13",
                        "The fix as it was merged.")
                .derived(
                        "It is FPU-04 again, five years later: registers are written,"
                                + " and the owner is not told.")
                .reference(
                        VARIANTS.of(
                                        "fixed",
                                        "After a failure nobody owns registers that"
                                                + " were another's.",
                                        Change.NONE)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "owner kept",
                                        "After a failure the owner is who it was.",
                                        Change.FAILURE_KEEPS_OWNER)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        FpuSignals.CHANGED, "The fixed code, said never to do this.", Change.NONE)
                .violated(SC);
    }

    private static void describe(Model.Builder m, Change change, Never never) {
        var tasks = List.of(Who.user("victim"), Who.user("task"));
        var fpu = new Fpu(m, 1, tasks, change, never);
        var signals = new FpuSignals(m, fpu, change, never);
        fpu.runs(c -> c.forever(() -> fpu.usesRegisters(c)));
        fpu.runs(c -> {
            fpu.systemCall(c, "sigreturn", () -> signals.restoreFast(c));
            fpu.usesRegisters(c);
        });
    }
}
