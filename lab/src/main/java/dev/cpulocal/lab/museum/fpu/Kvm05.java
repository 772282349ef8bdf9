// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.XcrSwitch.Emulation;

/** KVM-05: a host that restores registers by the rules of its guest. */
final class Kvm05 {

    private static final Variants<Emulation> VARIANTS = new Variants<>("KVM-05", XcrSwitch::new);

    private Kvm05() {}

    static Exhibit exhibit() {
        return Exhibit.of("KVM-05", "The guest's XCR0 is loaded, and KVM forgets it", Area.FPU)
                .kernels("up to 3.9")
                .bounds("one CPU, one guest, one other task. " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        XCR0 says which states XSAVE and XRSTOR handle; a guest has its own. KVM \
                        loads it for the guest, and remembers that it has to load the host's \
                        before the task leaves the CPU. When it emulated the guest's XSETBV, it \
                        cleared that memory, so that the new value would be loaded. If the task \
                        was preempted before that, the next task's registers were restored with \
                        the guest's XCR0: states that it does not know are not restored.\
                        """)
                .history(
                        "",
                        "2013",
                        "42bdf991f4ca, Linux 3.10",
                        "Loads the host's XCR0 in the place of clearing guest_xcr0_loaded.")
                .derived(
                        "That XRSTOR is executed with the wrong XCR0 is all that the"
                                + " model says; what the CPU makes of it depends on the states.")
                .reference(
                        VARIANTS.of("fixed", "Loads the host's XCR0 before.", Emulation.PUTS)
                                .holds(SC))
                .variant(
                        VARIANTS.of("forgotten", "Clears the flag.", Emulation.FORGETS)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        XcrSwitch.PUT, "The fixed code, said never to do this.", Emulation.PUTS)
                .violated(SC);
    }
}
