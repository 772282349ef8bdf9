// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.GuestFpu.Flaw;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** KVM-01: a guest with the registers of the kernel. */
final class Kvm01 {

    /** What can come between. */
    enum Between {
        /** Other tasks, and softirqs. */
        ALL,
        /** Other tasks. */
        TASKS,
        /** Softirqs. */
        SOFTIRQS
    }

    private static final String COMMIT =
            "c9aef3b85f42, KVM: x86: Handle TIF_NEED_FPU_LOAD in"
                    + " kvm_{load,put}_guest_fpu(), Linux 5.6";

    private Kvm01() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "KVM-01",
                        "The registers of a guest and of its task change places unseen",
                        Area.FPU)
                .kernels("5.2 to 5.5")
                .bounds(
                        "one CPU, one guest that runs any number of times, one other"
                                + " task, softirqs. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        KVM_RUN saves the registers of user mode and loads the guest's, and at \
                        the end the reverse. Since Linux 5.2 the registers of a task in the \
                        kernel are its own only if TIF_NEED_FPU_LOAD is not set; KVM did not ask. \
                        A switch or a softirq that uses the FPU, after the last exit of the \
                        guest, and another's registers are saved as the guest's; before the first \
                        entry, and they are saved as the task's.\
                        """)
                .said(
                        "Sean Christopherson",
                        "January 2020",
                        COMMIT,
                        "TIF_NEED_FPU_LOAD can be set any time control is transferred"
                                + " out of KVM, be it voluntarily, e.g. if I/O is triggered"
                                + " during a KVM call to get_user_pages, or involuntarily, e.g."
                                + " if softirq runs after an IRQ occurs.")
                .settled(
                        Outcome.CONFIRMED,
                        "flag ignored, softirqs",
                        "With no other task at all a softirq is enough; so is a"
                                + " switch, in \"flag ignored, tasks\".")
                .history(
                        "Sean Christopherson",
                        "17 January 2020",
                        "[PATCH v2 0/4] KVM: x86: TIF_NEED_FPU_LOAD bug fixes, kvm",
                        "Reported by Derek Yerger and Thomas Lambertz, whose program"
                                + " found it in under a minute. The late restore is of "
                                + "5f409e20b794, Linux 5.2.")
                .reference(variant("fixed", "Asks.", Flaw.NONE, Between.ALL).holds(SC))
                .variant(
                        variant("flag ignored", "As in 5.2.", Flaw.FLAG_IGNORED, Between.ALL)
                                .violated(SC))
                .variant(
                        variant(
                                        "flag ignored, tasks",
                                        "As in 5.2, if no softirq uses the FPU.",
                                        Flaw.FLAG_IGNORED,
                                        Between.TASKS)
                                .violated(SC))
                .variant(
                        variant(
                                        "flag ignored, softirqs",
                                        "As in 5.2, if there is no other task.",
                                        Flaw.FLAG_IGNORED,
                                        Between.SOFTIRQS)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Flaw flaw, Between between) {
        return Variant.of(name, text, model("KVM-01 " + name, flaw, between, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + GuestFpu.COPIED;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        model("KVM-01 " + name, Flaw.NONE, Between.ALL, new Never(GuestFpu.COPIED)))
                .violated(SC);
    }

    static Model model(String name, Flaw flaw, Between between, Never never) {
        return Model.build(name, m -> describe(m, flaw, between, never));
    }

    private static void describe(Model.Builder m, Flaw flaw, Between between, Never never) {
        boolean alone = between == Between.SOFTIRQS;
        var tasks =
                alone ? List.of(Who.user("vcpu")) : List.of(Who.user("vcpu"), Who.user("other"));
        var fpu = new Fpu(m, 1, tasks, Change.NONE, never);
        if (between != Between.TASKS) {
            fpu.scheduler().interrupt("softirq", Expr.of(1), fpu::kernelFpu);
        }
        var guest = new GuestFpu(m, fpu, flaw, never);
        fpu.runs(c ->
                c.forever(() -> {
                    fpu.usesRegisters(c);
                    fpu.systemCall(c, "KVM_RUN", () -> guest.run(c));
                }));
        if (!alone) {
            fpu.runs(fpu::looksOn);
        }
    }
}
