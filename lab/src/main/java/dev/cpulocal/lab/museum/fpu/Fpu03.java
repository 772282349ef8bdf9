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
import dev.cpulocal.lab.museum.fpu.Paths2016.Path;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-03: a signal frame with the registers of long ago. */
final class Fpu03 {

    static final Variants<Series> VARIANTS = new Variants<>("FPU-03", Fpu03::describe);

    private Fpu03() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "FPU-03",
                        "\"Still loaded\" is asked of the task that runs, and answered no",
                        Area.FPU)
                .kernels(Riel.KERNELS)
                .bounds("one CPU, one signal; preemption at any time. " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        Patch 4 asks whether a task's registers are still loaded: is it the CPU's \
                        owner, and is this its last CPU? last_cpu is written when registers are \
                        saved, not when they are restored. Patch 5 asks before it saves registers \
                        to a signal frame, also of a task that has just computed with them, whose \
                        last CPU is none, or another. The answer is no, the old image is loaded \
                        over them, and what was computed is lost.\
                        """)
                .said(
                        Riel.AUTHOR,
                        Riel.POSTED,
                        Riel.patch(5),
                        "I am pretty sure this is incomplete.")
                .settled(
                        Outcome.CONFIRMED,
                        "patches 1-5",
                        "A task without any switch loses its registers at its first"
                                + " signal: last_cpu is still -1.")
                .derived(
                        "That the frame is wrong so, and that patches 1 to 4 do not"
                                + " have this, is our conclusion from the patches. "
                                + "The patch is right about frames of tasks whose registers are"
                                + " not loaded, and there has another fault: FPU-04.")
                .history(
                        Riel.AUTHOR,
                        "3 October 2016",
                        Riel.patch(4),
                        "Answers Dave Hansen that such code is to be called with"
                                + " preemption disabled. Patch 5 calls it without.")
                .reference(
                        VARIANTS.of(
                                        "repaired",
                                        "Registers are loaded if they are not, last_cpu is written"
                                                + " then, and asking changes nothing.",
                                        Series.REPAIRED)
                                .holds(SC))
                .variant(VARIANTS.of("patches 1-5", "As posted.", Series.PATCHES_1_5).violated(SC))
                .variant(
                        VARIANTS.of(
                                        "patches 1-4",
                                        "Without patch 5: a frame is of the registers if they are"
                                                + " loaded, else of the image.",
                                        Series.PATCHES_1_4)
                                .holds(SC))
                .variant(
                        VARIANTS.of("Linux 4.8", "Without any of them.", Series.LINUX_4_8)
                                .holds(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        Fpu2016.STILL_LOADED,
                        "The repaired code, said never to do this.",
                        Series.REPAIRED)
                .violated(SC);
    }

    private static void describe(Model.Builder m, Series series, Never never) {
        var fpu = new Fpu2016(m, List.of(Who.user("task"), Who.kthread(0)), series, never);
        var paths = new Paths2016(m, fpu, Path.NONE, false);
        fpu.runs(c -> {
            fpu.computes(c, 3);
            fpu.inKernel(c, "handle_signal", () -> paths.copyFpstateToSigframe(c));
            fpu.usesRegisters(c);
        });
        fpu.runs(_ -> {});
    }
}
