// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.GuestFpu.Flaw;
import dev.cpulocal.lab.museum.fpu.Kvm01.Between;

/** KVM-03: a fix that hides what it does not mend. */
final class Kvm03 {

    private static final String COVER = "[PATCH v2 0/4] KVM: x86: TIF_NEED_FPU_LOAD bug fixes, kvm";

    private Kvm03() {}

    static Exhibit exhibit() {
        return Exhibit.of("KVM-03", "A fix that makes a bug rare", Area.FPU)
                .kernels("5.3 to 5.5")
                .bounds("as in KVM-01. " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        The first fix of KVM-01 loaded the guest's registers whenever its task \
                        came back to a CPU, and no longer when the guest is entered. That takes \
                        away all ways of the bug that go over a switch, and leaves those by a \
                        softirq that uses the FPU. The second fix asks for the flag, and takes \
                        the first one back.\
                        """)
                .said(
                        "Sean Christopherson",
                        "17 January 2020",
                        COVER,
                        "The previous attempt to fix the underlying bug(s) by handling"
                                + " TIF_FPU_NEED_LOAD during kvm_sched_in() only made the bug(s)"
                                + " harder to hit, i.e. it resolved the preemption case but only"
                                + " shrunk the window where a softirq could corrupt state.")
                .settled(
                        Outcome.CONFIRMED,
                        "loaded early, tasks",
                        "If nothing but switches can come between, the first fix is"
                                + " complete; \"loaded early\" shows what a softirq does.")
                .said(
                        "Sean Christopherson",
                        "17 January 2020",
                        COVER,
                        "Alternatively, the handling of TIF_NEED_FPU_LOAD in the"
                                + " kvm_sched_in() path could be left in place, i.e it doesn't"
                                + " cause immediate damage, but as stated before, restoring FPU"
                                + " state after KVM is preempted only makes it harder to find"
                                + " the actual bugs.")
                .history(
                        "",
                        "2019",
                        "e751732486eb, Linux 5.3, and 2620fe268e80, Linux 5.6",
                        "The first fix, \"KVM: X86: Fix fpu state crash in kvm"
                                + " guest\", and its revert.")
                .reference(variant("second fix", "Asks.", Flaw.NONE, Between.ALL).holds(SC))
                .variant(
                        variant(
                                        "loaded early",
                                        "As in 5.3.",
                                        Flaw.FLAG_IGNORED_LOADED_EARLY,
                                        Between.ALL)
                                .violated(SC))
                .variant(
                        variant(
                                        "loaded early, tasks",
                                        "As in 5.3, if no softirq uses the FPU.",
                                        Flaw.FLAG_IGNORED_LOADED_EARLY,
                                        Between.TASKS)
                                .holds(SC))
                .variant(
                        variant(
                                        "not loaded early, tasks",
                                        "As in 5.2, if no softirq uses the FPU.",
                                        Flaw.FLAG_IGNORED,
                                        Between.TASKS)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Flaw flaw, Between between) {
        return Variant.of(name, text, Kvm01.model("KVM-03 " + name, flaw, between, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + GuestFpu.COPIED;
        return Variant.of(
                        name,
                        "The second fix, said never to do this.",
                        Kvm01.model(
                                "KVM-03 " + name,
                                Flaw.NONE,
                                Between.ALL,
                                new Never(GuestFpu.COPIED)))
                .violated(SC);
    }
}
