// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-11: a buffer of the kernel with whatever the program put there. */
final class Fpu11 {

    private static final String COMMIT =
            "484cea4f362e, x86/fpu: Prevent state corruption in __fpu__restore_sig(), Linux 5.13";

    private Fpu11() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-11", "A signal frame is copied first and looked at then", Area.FPU)
                .kernels("up to 5.12")
                .bounds("one CPU, one task, one sigreturn(). " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        sigreturn() of a 32-bit program copied the signal frame into the kernel's \
                        buffer of registers, as it was, and then looked whether it is valid. If \
                        it was not, the buffer was to be cleared; but the states in it that no \
                        frame has, those of the supervisor, are to be kept, and are loaded for \
                        that from the very buffer that is invalid. XRSTOR faults, in the kernel.\
                        """)
                .said(
                        "Thomas Gleixner",
                        "June 2021",
                        COMMIT,
                        "The non-compacted slowpath uses __copy_from_user() and copies"
                                + " the entire user buffer into the kernel buffer, verbatim."
                                + " This means that the kernel buffer may now contain entirely"
                                + " invalid state on which XRSTOR will #GP.")
                .settled(
                        Outcome.CONFIRMED,
                        "copied unseen",
                        "Two lines after the copy, in the same system call, without any switch.")
                .history(
                        "Thomas Gleixner",
                        "June 2021",
                        COMMIT,
                        "Found by syzbot. Before there were supervisor states, the"
                                + " buffer could be initialised again as a whole.")
                .derived(
                        "Where exactly the reported fault came is our reading; the"
                                + " model has the first place where it can come.")
                .reference(
                        variant(
                                        "fixed",
                                        "The header is looked at before anything is copied.",
                                        Change.NONE,
                                        true)
                                .holds(SC))
                .variant(
                        variant(
                                        "copied unseen",
                                        "The frame is copied before.",
                                        Change.COPIED_UNSEEN,
                                        true)
                                .violated(SC))
                .variant(
                        variant(
                                        "copied unseen, no supervisor states",
                                        "The same, on a CPU that has only states that frames have.",
                                        Change.COPIED_UNSEEN,
                                        false)
                                .holds(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Change change, boolean supervisor) {
        return Variant.of(name, text, model(name, change, supervisor, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + FpuSignals.REFUSED;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        model(name, Change.NONE, true, new Never(FpuSignals.REFUSED)))
                .violated(SC);
    }

    static Model model(String name, Change change, boolean supervisor, Never never) {
        return Model.build("FPU-11 " + name, m -> describe(m, change, supervisor, never));
    }

    private static void describe(Model.Builder m, Change change, boolean supervisor, Never never) {
        var fpu = new Fpu(m, 1, List.of(Who.user("task"), Who.kthread(0)), change, never);
        var signals = new FpuSignals(m, fpu, change, never);
        fpu.runs(c -> {
            fpu.usesRegisters(c);
            fpu.systemCall(c, "sigreturn", () -> signals.restoreSlow(c, supervisor));
            fpu.usesRegisters(c);
        });
        fpu.runs(fpu::kthread);
    }
}
