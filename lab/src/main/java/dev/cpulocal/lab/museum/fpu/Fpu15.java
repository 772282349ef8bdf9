// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.UsedFpu.Taking;

/** FPU-15: two flags that have to agree. */
final class Fpu15 {

    private static final Variants<Taking> VARIANTS = new Variants<>("FPU-15", UsedFpu::new);

    private Fpu15() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "FPU-15", "CR0.TS and TS_USEDFPU are changed one after the other", Area.FPU)
                .kernels("up to 3.2")
                .bounds("one CPU, two tasks, one sigreturn(). " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        Where registers are restored at their first use, CR0.TS says to the CPU, \
                        and TS_USEDFPU to the kernel, whether the task has them. sigreturn() \
                        changed both with preemption enabled. A task that is preempted when \
                        CR0.TS is clear already, and TS_USEDFPU not yet set, leaves CR0.TS clear: \
                        the next task does not trap, so nobody knows that it uses the registers, \
                        and what it computes is not saved. In the other order, the kernel traps \
                        when it saves.\
                        """)
                .history(
                        "Linus Torvalds",
                        "February 2012",
                        "the change log of a stable release",
                        "\"i387: fix x86-64 preemption-unsafe user stack"
                                + " save/restore\", among patches that came to "
                                + "\"i387: re-introduce FPU state preloading at context switch"
                                + " time\", which was made the rule of FPU-01.")
                .unchecked(
                        "These are 15d8791cae75 and 34ddc81a230b. The first is told to"
                                + " say that the two have to be changed "
                                + "together as far as scheduling is concerned, while saving and"
                                + " restoring may be interrupted.")
                .derived(
                        "The search for it began with encryption in softirqs;"
                                + " interrupts, which asked CR0.TS whether they may use the FPU,"
                                + " are not in the model.")
                .reference(
                        VARIANTS.of("together", "Preemption is disabled.", Taking.TOGETHER)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "CR0.TS first",
                                        "The next task does not trap, and its"
                                                + " registers are not saved.",
                                        Taking.CPU_FIRST)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "TS_USEDFPU first",
                                        "The kernel traps when it saves.",
                                        Taking.TASK_FIRST)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        UsedFpu.LOST, "The fixed code, said never to do this.", Taking.TOGETHER)
                .violated(SC);
    }
}
