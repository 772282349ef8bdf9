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

/** FPU-13: kernel threads that look like user tasks. */
final class Fpu13 {

    private static final String COMMIT =
            "8d3289f2fa1e, x86/fpu: Don't use current->mm to check for a kthread, Linux 5.2";

    private static final Variants<Change> VARIANTS = new Variants<>("FPU-13", Fpu13::describe);

    private Fpu13() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-13", "Who has an mm is taken for a user task", Area.FPU)
                .kernels("none: 5.2-rc only")
                .bounds("one CPU, one task, one kernel thread. " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        For a short time a task's mm told whether it has registers to save. A \
                        kernel thread that works for a process, by use_mm(), has an mm and no \
                        registers: those on the CPU are another's. It is not obvious that this \
                        did harm, and it did none. The switch sets TIF_NEED_FPU_LOAD of kernel \
                        threads, too, and with it nothing is saved. Without it, registers are \
                        saved for nothing; XSAVE leaves them as they are, and where FNSAVE resets \
                        them, nobody's are kept over a switch anyway.\
                        """)
                .said(
                        "Christoph Hellwig",
                        "4 June 2019",
                        COMMIT,
                        "current->mm can be non-NULL if a kthread calls use_mm()."
                                + " Check for PF_KTHREAD instead to decide when to store user"
                                + " mode FP state.")
                .settled(
                        Outcome.DEPENDS,
                        "mm, no flag, owner kept",
                        "It is the wrong test, and one line from a bug: if the owner"
                                + " were reset only where there is no mm. As it stood, the"
                                + " variants \"mm\" hold.")
                .said(
                        "Sebastian Andrzej Siewior",
                        "14 August 2019",
                        "Re: [PATCH 8/9] x86/fpu: correctly check for kthreads, linux-kernel",
                        "A kthread with use_mm() would load here non-existing FPU state.")
                .derived(
                        "He speaks of the same test in the switch of PKRU, found later;"
                                + " there it made a warning. That the test was "
                                + "harmless where registers are saved is our conclusion, and not"
                                + " what we expected: we had taken it for a bug, "
                                + "of FNSAVE at least.")
                .history(
                        "Christoph Hellwig",
                        "4 June 2019",
                        "the diff of the commit, and switch_fpu_finish() as it was until 2021",
                        "switch_fpu_prepare() and kernel_fpu_begin() asked for the mm."
                                + " The flag is set for whoever comes.")
                .reference(VARIANTS.of("PF_KTHREAD", "As in Linux 5.2.", Change.NONE).holds(SC))
                .variant(VARIANTS.of("mm", "As in 5.2-rc.", Change.MM_FOR_USER).holds(SC))
                .variant(
                        VARIANTS.of(
                                        "mm, no flag",
                                        "The same, and the switch flags user tasks only.",
                                        Change.MM_FOR_USER_UNFLAGGED)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "mm, no flag, FNSAVE",
                                        "The same, on a CPU with nothing but FNSAVE.",
                                        Change.MM_FOR_USER_UNFLAGGED_FNSAVE)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "mm, no flag, owner kept",
                                        "As without FNSAVE, and kernel_fpu_begin() resets the owner"
                                                + " only if there is no mm. No Linux had that.",
                                        Change.MM_FOR_USER_UNFLAGGED_KEEPS_OWNER)
                                .violated(SC))
                .variant(
                        reached(
                                Fpu.STILL_THERE,
                                "The fixed code, said never to find this.",
                                Change.NONE))
                .variant(
                        reached(
                                Fpu.OF_ANOTHER,
                                "The variant with FNSAVE, said never to do this.",
                                Change.MM_FOR_USER_UNFLAGGED_FNSAVE))
                .build();
    }

    private static Variant reached(String step, String text, Change change) {
        return VARIANTS.reached(step, text, change).violated(SC);
    }

    private static void describe(Model.Builder m, Change change, Never never) {
        var fpu = new Fpu(m, 1, List.of(Who.user("task"), Who.kthread(0)), change, never);
        fpu.runs(c -> {
            fpu.computes(c, 3);
            c.forever(() -> fpu.usesRegisters(c));
        });
        fpu.runs(fpu::kthread);
    }
}
