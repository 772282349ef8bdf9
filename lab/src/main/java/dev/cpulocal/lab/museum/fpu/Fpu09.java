// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-09: Go programs that crash on kernels that GCC 9 compiled. */
final class Fpu09 {

    private static final String COMMIT =
            "59c4bd853abc, x86/fpu: Don't cache access to fpu_fpregs_owner_ctx, Linux 5.5";

    static final Variants<Change> VARIANTS = new Variants<>("FPU-09", Fpu09::describe);

    private Fpu09() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-09", "The compiler remembers who owned the registers", Area.FPU)
                .kernels("5.2 to 5.4, if the compiler does so: GCC 9")
                .bounds("one CPU, two tasks, one signal, any number of faults. " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        To save registers to a signal frame, the kernel loads them if need be, \
                        writes them with page faults disabled, and if that fails, faults the page \
                        in and tries again. this_cpu_read_stable() allows the compiler to read \
                        the owner of the registers once, before the loop. While the page is \
                        faulted in, another task runs and becomes their owner; then the kernel \
                        finds the old owner on its stack, and saves the other task's registers.\
                        """)
                .said(
                        "Sebastian Andrzej Siewior",
                        "28 November 2019",
                        COMMIT,
                        "After deferred FPU registers loading until return to userland"
                                + " was implemented, the content of fpu_fpregs_owner_ctx may"
                                + " change during preemption and must not be cached.")
                .settled(
                        Outcome.CONFIRMED,
                        "read once",
                        "With the same C code, and the owner read once, the frame is"
                                + " to have another task's registers.")
                .said(
                        "Sebastian Andrzej Siewior",
                        "28 November 2019",
                        COMMIT,
                        "It never changed during the lifetime of a task - it remained"
                                + " stable/constant.")
                .settled(
                        Outcome.DEPENDS,
                        "read once",
                        "So it was as long as registers were restored at the switch."
                                + " With registers that are restored on the way to user mode it"
                                + " changes in the middle of a system call.")
                .history(
                        "Sebastian Andrzej Siewior",
                        "28 November 2019",
                        COMMIT,
                        "The steps, and what GCC 9 makes of the loop. Debugged by"
                                + " Austin Clements, David Chase and Ian Lance Taylor; the "
                                + "late restore is of 5f409e20b794, Linux 5.2.")
                .derived(
                        "The checker does not compile. That a load is repeated or kept"
                                + " is a choice of the model: one variant for each.")
                .reference(VARIANTS.of("read each time", "this_cpu_read().", Change.NONE).holds(SC))
                .variant(
                        VARIANTS.of(
                                        "read once",
                                        "this_cpu_read_stable(), and a compiler that uses it.",
                                        Change.OWNER_READ_ONCE)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        FpuSignals.LOADED, "The fixed code, said never to do this.", Change.NONE)
                .violated(SC);
    }

    private static void describe(Model.Builder m, Change change, Never never) {
        var fpu = new Fpu(m, 1, List.of(Who.user("task"), Who.user("other")), change, never);
        var signals = new FpuSignals(m, fpu, change, never);
        fpu.runs(c -> {
            fpu.computes(c, 3);
            fpu.systemCall(c, "handle_signal", () -> signals.deliver(c));
            fpu.usesRegisters(c);
        });
        fpu.runs(fpu::looksOn);
    }
}
