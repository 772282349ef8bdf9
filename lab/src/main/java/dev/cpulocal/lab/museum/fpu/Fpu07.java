// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.PkruSwitch.When;

/** FPU-07: the one register of user mode that the kernel uses, too. */
final class Fpu07 {

    private Fpu07() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-07", "PKRU cannot wait for the way to user mode", Area.FPU)
                .kernels(Riel.KERNELS)
                .bounds("one CPU, one read(). " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        PKRU, which says which memory protection keys may be used, is saved and \
                        restored with the FPU registers, and it holds for the kernel's accesses \
                        of user memory, too. If registers are restored on the way to user mode \
                        only, a task that slept in read() copies to its buffer with the PKRU of \
                        another task: where its own denies the access, it is made; where its own \
                        allows it, it fails.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "3 October 2016",
                        Riel.patch(2),
                        "Actually, I don't see any way your patches can be compatible"
                                + " with PKRU without switching to eager-switched PKRU.")
                .settled(
                        Outcome.CONFIRMED,
                        "with the registers, denied",
                        "Patch 2 alone makes the access with the other task's PKRU;"
                                + " switched at the switch, it is the task's own.")
                .said(
                        Riel.AUTHOR,
                        "4 October 2016",
                        Riel.patch(2),
                        "My patches preserve eager saving of the FPU state, they only"
                                + " make restore lazy.")
                .settled(
                        Outcome.DEPENDS,
                        "with the registers, denied",
                        "True, and the restore is what the access lacks.")
                .said(
                        Riel.AUTHOR,
                        "4 October 2016",
                        Riel.patch(2),
                        "Would it be better for read/write_pkru to force the FPU state"
                                + " to get loaded into registers, under the assumption that if"
                                + " things like get_user_pages_fast happens, we will likely"
                                + " switch back to userspace soon, anyway?")
                .settled(
                        Outcome.REFUTED,
                        "before each access",
                        "Preemption between the two, and the registers are another's"
                                + " again. It would have to be off until the access is done, and"
                                + " accesses of user memory fault and sleep.")
                .said(
                        "Andy Lutomirski",
                        "4 October 2016",
                        Riel.patch(2),
                        "I think tracking PKRU separately and eagerly loading it with"
                                + " WRPKRU may be the only decent choice here.")
                .settled(
                        Outcome.CONFIRMED,
                        "at the switch",
                        "That holds, and is what Linux does since it restores registers late.")
                .history(
                        "Mark Rutland",
                        "14 August 2019",
                        "Re: [PATCH 8/9] x86/fpu: correctly check for kthreads, linux-kernel",
                        "Names the commit that did so: 0cecca9d03c9, \"x86/fpu: Eager"
                                + " switch PKRU state\".")
                .reference(
                        variant("at the switch", "As in Linux 5.2.", When.AT_SWITCH, false)
                                .holds(SC))
                .variant(
                        variant(
                                        "at the switch, allowed",
                                        "The same, and it is the reader that may.",
                                        When.AT_SWITCH,
                                        true)
                                .holds(SC))
                .variant(
                        variant(
                                        "with the registers, denied",
                                        "As with patch 2: the access is made, and must not be.",
                                        When.AT_EXIT,
                                        false)
                                .violated(SC))
                .variant(
                        variant(
                                        "with the registers, allowed",
                                        "As with patch 2: the access fails, and must not.",
                                        When.AT_EXIT,
                                        true)
                                .violated(SC))
                .variant(
                        variant(
                                        "before each access",
                                        "As with patch 2, and the registers are loaded before user"
                                                + " memory is accessed.",
                                        When.AT_ACCESS,
                                        false)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, When when, boolean readerMay) {
        return Variant.of(name, text, model(name, when, readerMay, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + PkruSwitch.AFTER_OTHER;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        model(name, When.AT_SWITCH, false, new Never(PkruSwitch.AFTER_OTHER)))
                .violated(SC);
    }

    static Model model(String name, When when, boolean readerMay, Never never) {
        return Model.build("FPU-07 " + name, m -> new PkruSwitch(m, when, readerMay, never));
    }
}
