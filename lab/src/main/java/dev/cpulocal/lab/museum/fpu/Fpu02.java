// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.LazyTs.Mirror;
import dev.cpulocal.lab.museum.fpu.LazyTs.Preload;
import dev.cpulocal.lab.museum.fpu.LazyTs.Speculation;

/** FPU-02: a mirror that some do not look into. */
final class Fpu02 {

    private Fpu02() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-02", "A copy of CR0.TS that goes stale", Area.FPU)
                .kernels(Riel.KERNELS)
                .bounds("one CPU, two tasks, one exec(). " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        Patch 1 keeps in a per-CPU variable whether CR0.TS is clear, and the \
                        switch believes it. But the handler of #NM clears CR0.TS, and fpu__drop() \
                        sets it, and neither writes the variable. After the first, the next task \
                        runs with the registers of the one before and does not trap; after the \
                        second, the switch restores registers while CR0.TS is set, and traps in \
                        the kernel. In eager mode CR0.TS is never set, and nobody notices.\
                        """)
                .said(
                        Riel.AUTHOR,
                        Riel.POSTED,
                        Riel.patch(1),
                        "CR0.TS state is mirrored in a per-cpu variable, instead of"
                                + " being passed around in a local variable, because that will"
                                + " not be possible later in the series.")
                .settled(
                        Outcome.REFUTED,
                        "patch 1",
                        "Not all that changes CR0.TS writes the variable. Where all"
                                + " does, in the variant \"repaired\", it is one.")
                .said(
                        "Andy Lutomirski",
                        "1 October 2016",
                        Riel.patch(2),
                        "We should just finish getting rid of all TS uses.")
                .settled(
                        Outcome.CONFIRMED,
                        "patch 1, eager",
                        "Where CR0.TS is never set, patch 1 is right, whatever the variable says.")
                .derived(
                        "The two ways are our conclusion from the patch. It cannot be"
                                + " what the series was seen to break by: CPUs with XSAVE "
                                + "were in eager mode, unless told otherwise.")
                .unchecked("Eager mode was made the default of all CPUs by 58122bf1d856.")
                .reference(
                        variant(
                                        "repaired",
                                        "Everybody who changes CR0.TS writes the variable.",
                                        Mirror.EVERYBODY,
                                        Preload.SOMETIMES)
                                .holds(SC))
                .variant(
                        variant("patch 1", "As posted.", Mirror.SWITCH, Preload.SOMETIMES)
                                .violated(SC))
                .variant(
                        variant(
                                        "patch 1, seldom used",
                                        "As posted, if no task uses the FPU often: the next task"
                                                + " does not trap.",
                                        Mirror.SWITCH,
                                        Preload.NEVER)
                                .violated(SC))
                .variant(
                        variant(
                                        "patch 1, often used",
                                        "As posted, if all tasks do: the kernel traps.",
                                        Mirror.SWITCH,
                                        Preload.ALWAYS)
                                .violated(SC))
                .variant(
                        variant(
                                        "patch 1, eager",
                                        "As posted, in eager mode.",
                                        Mirror.SWITCH,
                                        Preload.EAGER)
                                .holds(SC))
                .variant(
                        variant(
                                        "Linux 4.8",
                                        "The first half of the switch tells the second.",
                                        Mirror.NONE,
                                        Preload.SOMETIMES)
                                .holds(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Mirror mirror, Preload preload) {
        return Variant.of(name, text, model(name, mirror, preload, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + LazyTs.PRELOADED;
        return Variant.of(
                        name,
                        "The repaired code, said never to do this.",
                        model(
                                name,
                                Mirror.EVERYBODY,
                                Preload.SOMETIMES,
                                new Never(LazyTs.PRELOADED)))
                .violated(SC);
    }

    static Model model(String name, Mirror mirror, Preload preload, Never never) {
        return Model.build(
                "FPU-02 " + name, m -> new LazyTs(m, mirror, preload, Speculation.NONE, never));
    }
}
