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

/** FPU-04: a task that computes, and one that writes registers that are not its own. */
final class Fpu04 {

    private Fpu04() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-04", "Registers are written, and their owner is not told", Area.FPU)
                .kernels(Riel.KERNELS)
                .bounds(
                        "one CPU, one exec() or signal; preemption at any time. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        A task that only computes is preempted; its registers stay on the CPU, \
                        which remembers it as their owner. The task that runs instead calls \
                        exec(), or gets a signal: fpu__clear(), or with patch 5 \
                        copy_fpstate_to_sigframe(), writes the registers without becoming their \
                        owner. That is harmless as long as everybody's registers are restored. \
                        From patch 4 on they are not: if the first task is back before the other \
                        returns to user mode, it goes on with the other's registers.\
                        """)
                .said(
                        Riel.AUTHOR,
                        Riel.POSTED,
                        Riel.patch(4),
                        "This code is still BROKEN. I am not yet sure why.")
                .settled(
                        Outcome.CONFIRMED,
                        "patches 1-4, exec",
                        "Why: fpu__clear() writes the registers of whoever had them"
                                + " last, and patch 4 no longer restores these.")
                .said(
                        Riel.AUTHOR,
                        Riel.POSTED,
                        Riel.patch(0),
                        "The first 3 patches seem to work fine in my tests (but should"
                                + " not, due to missing signal path code), while the 4th test"
                                + " makes it easier to trigger bugs.")
                .settled(
                        Outcome.CONFIRMED,
                        "patches 1-3, exec",
                        "A program that only computes, beside others that start,"
                                + " notices nothing of patches 1 to 3; with patch 4 it has "
                                + "the registers of a program that starts. Who calls exec(),"
                                + " fork() or gets signals itself "
                                + "is hit by patch 2 already: FPU-05.")
                .said(
                        Riel.AUTHOR,
                        "3 October 2016",
                        Riel.patch(2),
                        "We always save the FPU register state when a task is context"
                                + " switched out, so for a non-current task, we still only need"
                                + " to consider whether the in-memory state is valid or not. The"
                                + " in-cpu state does not matter.")
                .settled(
                        Outcome.REFUTED,
                        "patches 1-4, exec",
                        "The image is valid, and is not looked at, because the CPU's"
                                + " state is taken to be.")
                .said(
                        "Andy Lutomirski",
                        "3 October 2016",
                        Riel.patch(2),
                        "Something has to fix up owner_ctx so that the previous thread"
                                + " doesn't think its CPU state is still valid.")
                .settled(
                        Outcome.CONFIRMED,
                        "repaired, exec",
                        "Whoever writes the registers becomes their owner: that is"
                                + " enough, for exec() and for signals.")
                .history(
                        Riel.AUTHOR,
                        "2 October 2016",
                        Riel.patch(2),
                        "Tells what the tests were: floating point benchmarks that"
                                + " check their results, and no signals.")
                .history(
                        "",
                        "",
                        "arch/x86/kernel/fpu/core.c before b22cbe404a9c, November 2016",
                        "fpu__clear() in eager mode becomes the owner only if fpstate_active is 0.")
                .derived(
                        "Patch by patch: 1 keeps a copy of CR0.TS that goes stale,"
                                + " which eager mode hides (FPU-02). 2 leaves fork(), exec() and "
                                + "signals with registers that may be another's (FPU-05), and"
                                + " PKRU, too (FPU-07). 3 is right in itself, and takes "
                                + "the meaning from a question of 4 (FPU-06). 4 keeps registers"
                                + " that others have written: this entry, and the "
                                + "symptom. 5 repairs frames of tasks whose registers are not"
                                + " loaded, spoils those of tasks whose registers "
                                + "are (FPU-03), and adds one more who writes registers and does"
                                + " not tell their owner.")
                .derived(
                        "Nobody on the list named the reason. That it is this one is"
                                + " our conclusion: of what patch 4 breaks, it is what a "
                                + "benchmark can see that neither forks nor gets signals.")
                .reference(
                        variant("repaired, exec", "Becomes the owner.", Series.REPAIRED, Path.EXEC)
                                .holds(SC))
                .variant(
                        variant(
                                        "repaired, signal",
                                        "Becomes the owner when it loads its registers to save"
                                                + " them to the frame.",
                                        Series.REPAIRED,
                                        Path.SIGNAL)
                                .holds(SC))
                .variant(
                        variant("patches 1-3, exec", "As posted.", Series.PATCHES_1_3, Path.EXEC)
                                .holds(SC))
                .variant(
                        variant(
                                        "patches 1-3, signal",
                                        "As posted, on a CPU with XSAVES.",
                                        Series.PATCHES_1_3,
                                        Path.SIGNAL)
                                .holds(SC))
                .variant(
                        variant("patches 1-4, exec", "As posted.", Series.PATCHES_1_4, Path.EXEC)
                                .violated(SC))
                .variant(
                        variant(
                                        "patches 1-5, signal",
                                        "As posted, on a CPU with XSAVES.",
                                        Series.PATCHES_1_5,
                                        Path.SIGNAL)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Series series, Path path) {
        return Variant.of(name, text, model(name, series, path, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + Fpu2016.STILL_LOADED;
        return Variant.of(
                        name,
                        "The repaired code, said never to do this.",
                        model(name, Series.REPAIRED, Path.EXEC, new Never(Fpu2016.STILL_LOADED)))
                .violated(SC);
    }

    static Model model(String name, Series series, Path path, Never never) {
        return Model.build("FPU-04 " + name, m -> describe(m, series, path, never));
    }

    private static void describe(Model.Builder m, Series series, Path path, Never never) {
        var fpu = new Fpu2016(m, List.of(Who.user("benchmark"), Who.user("other")), series, never);
        var paths = new Paths2016(m, fpu, Path.NONE, true);
        fpu.runs(c -> c.forever(() -> fpu.usesRegisters(c)));
        fpu.runs(c -> doesNotLook(c, fpu, paths, path));
    }

    /** What becomes of this task's own registers is the subject of other entries. */
    private static void doesNotLook(Code c, Fpu2016 fpu, Paths2016 paths, Path path) {
        if (path == Path.EXEC) {
            fpu.inKernel(c, "exec", () -> paths.clear(c));
        } else {
            fpu.inKernel(c, "handle_signal", () -> paths.writeSigframe(c));
        }
    }
}
