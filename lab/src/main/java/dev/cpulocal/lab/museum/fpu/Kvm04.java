// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.GuestInit.Reset;

/** KVM-04: registers of a guest that are put without having been loaded. */
final class Kvm04 {

    private static final String DESIGN =
            "x86,kvm: move qemu/guest FPU switching out to vcpu_run, kvm; f775b13eedee";

    private static final String FIRST_FIX =
            "f958bd2314d1, KVM: x86: Fix potential put_fpu() w/o load_fpu() on MPX platform";

    private static final String SLEEPING =
            "Re: [PATCH] KVM: X86: Don't load/put guest FPU context for sleeping AP, kvm";

    private static final String FIX =
            "8819a49f9ff8, KVM: x86: Unload \"FPU\" state on INIT if and only if its currently"
                    + " in-use, Linux 6.18";

    private static final String HARDEN =
            "9bc610b6a2a7, KVM: x86: Harden KVM against imbalanced load/put of guest FPU state";

    private Kvm04() {}

    static Exhibit exhibit() {
        return Exhibit.of("KVM-04", "Registers that are put before they are loaded", Area.FPU)
                .kernels("4.15 to 5.5; release candidates of 6.18")
                .bounds(
                        "one CPU, one vcpu with any number of system calls and INITs, one other"
                                + " task. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        Since Linux 4.15 the registers of a guest are loaded for the whole of \
                        KVM_RUN. An INIT resets some of them, which can be done in memory only: \
                        KVM puts them, changes the image, and loads them again. But an INIT can \
                        also be found in KVM_GET_MP_STATE, where they are not loaded. Then the \
                        registers of user mode are put for the guest's, which are lost, and user \
                        mode goes on with what was reset. The first fix loaded them there, on \
                        hosts with MPX; when CET came to need the same, nobody thought of it.\
                        """)
                .said(
                        "Rik van Riel",
                        "November 2017",
                        DESIGN,
                        "The scheduler will save the guest FPU context when a VCPU thread is"
                                + " preempted, and restore it when it is scheduled back in.")
                .settled(
                        Outcome.CONFIRMED,
                        "6.18",
                        "Another task can take the CPU between any two lines, and the guest finds"
                                + " its registers at every entry.")
                .said(
                        "Sean Christopherson",
                        "9 December 2019",
                        FIRST_FIX,
                        "kvm_vcpu_reset() will call kvm_put_guest_fpu() without a preceding"
                                + " kvm_load_guest_fpu() and corrupt the guest's FPU state (and"
                                + " possibly userspace's FPU state as well).")
                .settled(
                        Outcome.CONFIRMED,
                        "4.15",
                        "The image of the guest is overwritten by the registers of user mode, and"
                                + " user mode comes back to what INIT made of them.")
                .said(
                        "Sean Christopherson",
                        "10 March 2020",
                        SLEEPING,
                        "Ugh, so this isn't safe on MPX capable CPUs, kvm_apic_accept_events() can"
                                + " trigger kvm_vcpu_reset() with @init_event=true and try to"
                                + " unload guest_fpu.")
                .settled(
                        Outcome.CONFIRMED,
                        "5.6, not for sleeping",
                        "Of a patch by Wanpeng Li that did not load the registers for an AP that"
                                + " sleeps. It would be safe since 6.18: \"6.18, not for"
                                + " sleeping\".")
                .said(
                        "Sean Christopherson",
                        "30 October 2025",
                        FIX,
                        "This fixes a bug on hosts that support CET but not MPX, where"
                                + " kvm_arch_vcpu_ioctl_get_mpstate() neglects to load FPU state"
                                + " (it only checks for MPX support) and leads to KVM attempting to"
                                + " put FPU state due to kvm_apic_accept_events() triggering INIT"
                                + " emulation.")
                .settled(Outcome.CONFIRMED, "5.6, CET without MPX", "The same way as in 4.15.")
                .said(
                        "Sean Christopherson",
                        "30 October 2025",
                        HARDEN,
                        "If an imbalanced load/put is detected, skip the redundant load/put to"
                                + " avoid clobbering guest state and/or crashing the host.")
                .settled(
                        Outcome.DEPENDS,
                        "redundant skipped",
                        "Right of the guest's state and the host, and with the fix before it."
                                + " Alone it is not enough: the put is skipped, the load behind it"
                                + " is no longer redundant, and user mode comes back to the"
                                + " registers of the guest.")
                .history(
                        "Sean Christopherson",
                        "30 October 2025",
                        "[PATCH 0/2] KVM: x86: Fix an FPU+CET splat, kvm",
                        "Found by syzkaller, reported by Alexander Potapenko, as an access near"
                                + " address 0 in fpu_swap_kvm_fpstate().")
                .unchecked(
                        "The redesign is in Linux 4.15, the first fix in 5.6. Registers change"
                                + " places by a pointer since 5.16, so that in 2025 there was no"
                                + " image to go back to.")
                .derived(
                        "No schedule is needed, only an INIT at the wrong time. What the other task"
                                + " is for is the first claim.")
                .reference(
                        variant(Reset.TODAY, "6.18", "Puts and loads if they are loaded.")
                                .holds(SC))
                .variant(variant(Reset.ALWAYS, "4.15", "Puts and loads in any case.").violated(SC))
                .variant(
                        variant(
                                        Reset.PREDICTED,
                                        "5.6",
                                        "KVM_GET_MP_STATE loads them, as the host has MPX.")
                                .holds(SC))
                .variant(
                        variant(
                                        Reset.PREDICTED_WITHOUT_MPX,
                                        "5.6, CET without MPX",
                                        "It does not, as the host has no MPX, but CET.")
                                .violated(SC))
                .variant(
                        variant(
                                        Reset.NEVER,
                                        "never put",
                                        "The image is changed while the registers are loaded.")
                                .violated(SC))
                .variant(
                        variant(
                                        Reset.REDUNDANT_SKIPPED,
                                        "redundant skipped",
                                        "As in 4.15, but what is not in turn is skipped.")
                                .violated(SC))
                .variant(
                        variant(
                                        Reset.PREDICTED_NOT_FOR_SLEEPING,
                                        "5.6, not for sleeping",
                                        "KVM_RUN loads nothing for an AP that sleeps.")
                                .violated(SC))
                .variant(
                        variant(Reset.NOT_FOR_SLEEPING, "6.18, not for sleeping", "The same.")
                                .holds(SC))
                .variant(reached(GuestInit.IN_RUN))
                .variant(reached(GuestInit.IN_STATE))
                .variant(reached(GuestFpu.COPIED))
                .build();
    }

    private static Variant variant(Reset how, String name, String text) {
        return Variant.of(name, text, GuestInit.model("KVM-04 " + name, how, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        GuestInit.model("KVM-04 " + name, Reset.TODAY, new Never(step)))
                .violated(SC);
    }
}
