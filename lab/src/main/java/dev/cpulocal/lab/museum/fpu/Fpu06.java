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
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/**
 * FPU-06: a guest that is asked whether its registers are loaded, after it was said that they are.
 */
final class Fpu06 {

    private Fpu06() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-06", "The owner is set, and then asked for", Area.FPU)
                .kernels(Riel.KERNELS)
                .bounds("one CPU, one guest, two tasks. " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        Patch 3 makes __kernel_fpu_begin() write the guest as the CPU's owner, \
                        before anything is loaded. Patch 4 then asks whether the owner is the \
                        guest, which is always so, and whether the guest's last CPU is this one, \
                        which nothing ever resets. A guest that comes back to its CPU after its \
                        process was in user mode runs with the registers of the process, and they \
                        are saved as the guest's.\
                        """)
                .said(
                        Riel.AUTHOR,
                        Riel.POSTED,
                        Riel.patch(3),
                        "Add a kernel FPU argument to __kernel_fpu_begin, so we can"
                                + " know whether or not the KVM VCPU context got clobbered by"
                                + " another kernel FPU context.")
                .settled(
                        Outcome.REFUTED,
                        "patches 1-4, active",
                        "So it cannot be known: who asks has just written the answer."
                                + " Asked before, in the variant \"repaired\", it can.")
                .said(
                        Riel.AUTHOR,
                        Riel.POSTED,
                        Riel.patch(4),
                        "When the FPU register set has not been touched by anybody"
                                + " else, we can lazily skip the restore.")
                .settled(
                        Outcome.DEPENDS,
                        "patches 1-4, inactive",
                        "The test also asks for fpstate_active. Unless something sets"
                                + " that for the guest, nothing is ever skipped: right, and"
                                + " useless.")
                .derived(
                        "All of it is our conclusion from the patches. Whether"
                                + " fpstate_active of a guest was ever set in Linux 4.8 we could "
                                + "not establish; if it was not, this is no part of why patch 4"
                                + " was broken.")
                .reference(
                        variant("repaired", "Asks before it writes.", Series.REPAIRED, true)
                                .holds(SC))
                .variant(
                        variant(
                                        "patches 1-4, active",
                                        "As posted; fpstate_active of the guest is 1.",
                                        Series.PATCHES_1_4,
                                        true)
                                .violated(SC))
                .variant(
                        variant(
                                        "patches 1-4, inactive",
                                        "As posted; fpstate_active of the guest is 0.",
                                        Series.PATCHES_1_4,
                                        false)
                                .holds(SC))
                .variant(variant("patches 1-3", "As posted.", Series.PATCHES_1_3, true).holds(SC))
                .variant(variant("Linux 4.8", "Without patches.", Series.LINUX_4_8, true).holds(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Series series, boolean active) {
        return Variant.of(name, text, model(name, series, active, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + GuestFpu2016.STILL_LOADED;
        return Variant.of(
                        name,
                        "The repaired code, said never to do this.",
                        model(name, Series.REPAIRED, true, new Never(GuestFpu2016.STILL_LOADED)))
                .violated(SC);
    }

    static Model model(String name, Series series, boolean active, Never never) {
        return Model.build("FPU-06 " + name, m -> describe(m, series, active, never));
    }

    private static void describe(Model.Builder m, Series series, boolean active, Never never) {
        var fpu = new Fpu2016(m, List.of(Who.user("vcpu"), Who.user("other")), series, never);
        var guest = new GuestFpu2016(m, fpu, active);
        fpu.runs(c -> c.forever(() -> vcpu(c, fpu, guest)));
        fpu.runs(fpu::looksOn);
    }

    private static void vcpu(Code c, Fpu2016 fpu, GuestFpu2016 guest) {
        fpu.usesRegisters(c);
        fpu.inKernel(
                c,
                "KVM_RUN",
                () ->
                        c.until(() -> {
                            guest.run(c);
                            return c.as("exit to user mode").choose("exits", 2);
                        }));
    }
}
