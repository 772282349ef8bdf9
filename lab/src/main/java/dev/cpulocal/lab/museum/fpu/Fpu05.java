// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Paths2016.Path;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-05: fork(), exec() and signals of a task whose registers are not loaded. */
final class Fpu05 {

    private static final String ONLY = "All is repaired but this: ";

    private Fpu05() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "FPU-05",
                        "Everybody who touches the registers takes them for the task's",
                        Area.FPU)
                .kernels(Riel.KERNELS)
                .bounds(
                        "one CPU, one system call or signal; preemption and softirqs at any time. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        With patch 2 the registers are restored on the way to user mode only. A \
                        task that was switched away in the kernel goes on there with the \
                        registers of another. fork() gives them to the child, a signal frame with \
                        XSAVES gives them to the program; what sigreturn() and exec() write into \
                        them is replaced by the old image on the way out, because TIF_LOAD_FPU is \
                        still set. No patch 4 or 5 is needed for any of it.\
                        """)
                .said(
                        Riel.AUTHOR,
                        Riel.POSTED,
                        Riel.patch(0),
                        "The first 3 patches seem to work fine in my tests (but should"
                                + " not, due to missing signal path code)")
                .settled(
                        Outcome.CONFIRMED,
                        "patches 1-2",
                        "They should not. The signal path is two places out of four:"
                                + " fork() and exec() are as wrong.")
                .said(
                        "Andy Lutomirski",
                        "1 October 2016",
                        Riel.patch(2),
                        "I can imagine this causing problems with kernel code that"
                                + " accesses current's FPU state, e.g. get_xsave_field_ptr().")
                .settled(
                        Outcome.CONFIRMED,
                        "patches 1-2",
                        "It does, in fork(), exec(), signals and sigreturn().")
                .history(
                        "",
                        "",
                        "arch/x86/kernel/fpu/core.c and signal.c of 4.8.15 and of 4.8"
                                + " with additions of distributions",
                        "fpu__copy(), user_fpu_begin(), __fpu__restore_sig() and"
                                + " copy_fpstate_to_sigframe() as they are here.")
                .derived("The five ways are our conclusion from the patches and these functions.")
                .reference(variant("repaired", "All four.", Series.REPAIRED).holds(SC))
                .variant(variant("Linux 4.8", "Without patches.", Series.LINUX_4_8).holds(SC))
                .variant(variant("patches 1-2", "As posted.", Series.PATCHES_1_2).violated(SC))
                .variant(variant("patches 1-4", "As posted.", Series.PATCHES_1_4).violated(SC))
                .variant(
                        allBut(
                                "a: fork",
                                "the child is given the registers, whoever they belong to.",
                                Path.FORK))
                .variant(
                        allBut(
                                "b: sigreturn",
                                "TIF_LOAD_FPU stays set, and the old image comes back.",
                                Path.SIGRETURN))
                .variant(
                        allBut(
                                "c: exec",
                                "TIF_LOAD_FPU stays set, and the new program has the registers of"
                                        + " the old one.",
                                Path.EXEC))
                .variant(
                        allBut(
                                "d: signal",
                                "with XSAVES the frame is of the registers, whoever they belong"
                                        + " to.",
                                Path.SIGNAL))
                .variant(softirq())
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Series series) {
        return Variant.of(name, text, model(name, series, Path.NONE, Never.NOTHING));
    }

    private static Variant allBut(String name, String text, Path path) {
        return Variant.of(name, ONLY + text, model(name, Series.REPAIRED, path, Never.NOTHING))
                .violated(SC);
    }

    private static Variant softirq() {
        String name = "e: softirq";
        return Variant.of(
                        name,
                        "As b, with no other task: that a softirq uses the registers in the middle"
                                + " is enough.",
                        Model.build(
                                "FPU-05 " + name,
                                m -> {
                                    var tasks = List.of(Who.user("task"));
                                    var fpu = new Fpu2016(m, tasks, Series.REPAIRED, Never.NOTHING);
                                    task(m, fpu, Path.SIGRETURN);
                                }))
                .violated(SC);
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + Fpu2016.STILL_LOADED;
        return Variant.of(
                        name,
                        "The repaired code, said never to do this.",
                        model(name, Series.REPAIRED, Path.NONE, new Never(Fpu2016.STILL_LOADED)))
                .violated(SC);
    }

    static Model model(String name, Series series, Path asPosted, Never never) {
        var tasks = List.of(Who.user("task"), Who.user("other"));
        return Model.build(
                "FPU-05 " + name,
                m -> {
                    var fpu = new Fpu2016(m, tasks, series, never);
                    task(m, fpu, asPosted);
                    fpu.runs(fpu::looksOn);
                });
    }

    private static void task(Model.Builder m, Fpu2016 fpu, Path asPosted) {
        fpu.softirqs();
        var paths = new Paths2016(m, fpu, asPosted, true);
        fpu.runs(c -> {
            fpu.computes(c, 3);
            fpu.inKernel(c, "a system call or a signal", () -> any(c, paths));
            fpu.usesRegisters(c);
        });
    }

    private static void any(Code c, Paths2016 paths) {
        var path = c.as("which").choose("which", 4);
        c.as("if (fork)");
        c.when(path.eq(0), () -> paths.copy(c));
        c.as("if (sigreturn)");
        c.when(path.eq(1), () -> paths.restoreSig(c));
        c.as("if (exec)");
        c.when(path.eq(2), () -> paths.clear(c));
        c.as("if (signal)");
        c.when(path.eq(3), () -> paths.copyFpstateToSigframe(c));
    }
}
