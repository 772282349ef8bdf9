// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.XfdSwitch.Update;

/** KVM-06: a guest that panics its host by disabling what it uses. */
final class Kvm06 {

    private static final String COMMIT =
            "b45f72177594, x86/fpu: Clear XSTATE_BV[i] in guest XSAVE state whenever XFD[i]=1,"
                    + " Linux 6.19";

    static final Variants<Update> VARIANTS = new Variants<>("KVM-06", XfdSwitch::new);

    private Kvm06() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "KVM-06",
                        "A state is disabled while its image says that it is there",
                        Area.FPU)
                .kernels("5.17 to 6.18; the bug is of 820a6ee944e7")
                .bounds(
                        "one CPU, one guest that changes XFD any number of times. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        A guest that uses a state of the FPU writes to XFD that it is disabled, \
                        which exits to KVM. An interrupt comes that uses the FPU: the guest's \
                        registers are saved, with the state in the image, for it is not disabled \
                        yet. Then KVM sets XFD as the guest wants it. Before the guest runs \
                        again, the image is loaded; XRSTOR of a state that is in the image and \
                        disabled raises #NM, and the host panics.\
                        """)
                .said(
                        "Sean Christopherson",
                        "January 2026",
                        COMMIT,
                        "This can happen if the guest executes WRMSR(MSR_IA32_XFD) to"
                                + " set XFD[18] = 1, and a host IRQ triggers kernel_fpu_begin()"
                                + " prior to the vmexit handler's call to"
                                + " fpu_update_guest_xfd().")
                .settled(Outcome.CONFIRMED, "image kept", "One exit, one interrupt, one entry.")
                .said(
                        "Sean Christopherson",
                        "January 2026",
                        COMMIT,
                        "Alternatively, KVM could always do XRSTOR with XFD=0")
                .settled(
                        Outcome.CONFIRMED,
                        "image kept, loaded enabled",
                        "So it could: nothing disabled is ever restored.")
                .reference(VARIANTS.of("fixed", "The state is taken out.", Update.CLEARS).holds(SC))
                .variant(
                        VARIANTS.of("image kept", "The state is left there.", Update.KEEPS)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "image kept, loaded enabled",
                                        "The state is left there, and images are loaded with XFD"
                                                + " 0.",
                                        Update.KEEPS_AND_LOADS_ENABLED)
                                .holds(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        XfdSwitch.SAVED, "The fixed code, said never to find this.", Update.CLEARS)
                .violated(SC);
    }
}
