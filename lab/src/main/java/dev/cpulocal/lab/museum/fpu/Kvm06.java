// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.XfdSwitch.Update;

/** KVM-06: a guest that panics its host by disabling what it uses. */
final class Kvm06 {

    private static final String COMMIT =
            "b45f72177594, x86/fpu: Clear XSTATE_BV[i] in guest XSAVE state whenever XFD[i]=1,"
                    + " Linux 6.19";

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
                .reference(variant("fixed", "The state is taken out.", Update.CLEARS).holds(SC))
                .variant(
                        variant("image kept", "The state is left there.", Update.KEEPS)
                                .violated(SC))
                .variant(
                        variant(
                                        "image kept, loaded enabled",
                                        "The state is left there, and images are loaded with XFD"
                                                + " 0.",
                                        Update.KEEPS_AND_LOADS_ENABLED)
                                .holds(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Update update) {
        return Variant.of(name, text, model(name, update, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + XfdSwitch.SAVED;
        return Variant.of(
                        name,
                        "The fixed code, said never to find this.",
                        model(name, Update.CLEARS, new Never(XfdSwitch.SAVED)))
                .violated(SC);
    }

    static Model model(String name, Update update, Never never) {
        return Model.build("KVM-06 " + name, m -> new XfdSwitch(m, update, never));
    }
}
