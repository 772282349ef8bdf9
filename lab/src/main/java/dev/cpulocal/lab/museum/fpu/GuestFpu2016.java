// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/** The registers of a KVM guest in October 2016: a use of the FPU by the kernel that persists. */
final class GuestFpu2016 {

    /*
     * A guest has a struct fpu, which is no task's. kvm_load_guest_fpu() saves the registers of
     * the task and loads the guest's; kvm_put_guest_fpu() is its reverse. A thread that leaves the
     * CPU puts before, so that both and what is between are one piece without interrupts here.
     * fpstate_active of the guest's struct fpu is a parameter: nothing in Linux 4.8 was seen to
     * set it.
     */

    /** A step that a model may say is never taken. */
    static final String STILL_LOADED = "the guest's registers are still loaded";

    private static final long GUEST = 5;
    private static final long COMPUTED = 6;

    private final Fpu2016 fpu;
    private final boolean fpstateActive;
    private final Variable fpstate;
    private final Variable lastCpu;
    private final Variable expected;

    GuestFpu2016(Model.Builder m, Fpu2016 fpu, boolean fpstateActive) {
        this.fpu = fpu;
        this.fpstateActive = fpstateActive;
        fpstate = m.hardware("guest_fpu.fpstate", GUEST);
        lastCpu = m.hardware("guest_fpu.last_cpu", Fpu.NO_CPU);
        expected = m.ghost("guest expected", GUEST);
    }

    /** Enters the guest, which looks at its registers and computes. */
    void run(Code c) {
        c.withoutInterrupts(() -> {
            c.call("kvm_load_guest_fpu", () -> load(c));
            c.call("the guest", () -> runs(c));
            c.call("kvm_put_guest_fpu", () -> put(c));
        });
    }

    private void load(Code c) {
        if (!fpu.series.has(4)) {
            fpu.kernelFpuBegin(c, GUEST);
            restore(c);
        } else if (fpu.series.repaired()) {
            Expr still = stillLoaded(c);
            fpu.kernelFpuBegin(c, GUEST);
            unless(c, still);
        } else {
            fpu.kernelFpuBegin(c, GUEST);
            unless(c, stillLoaded(c));
        }
    }

    private Expr stillLoaded(Code c) {
        Expr isLast = lastCpu.get().eq(here());
        Expr isOwner = fpu.owner.get(here()).eq(GUEST);
        Expr active = Expr.of(fpstateActive ? 1 : 0);
        return c.as("fpu_lazy_skip_restore(fpu)")
                .let("still_loaded", Expr.all(active, isLast, isOwner));
    }

    private void unless(Code c, Expr still) {
        c.as("if (!still_loaded)");
        c.when(
                still.not(),
                () -> {
                    c.as("fpu->last_cpu = raw_smp_processor_id()").set(lastCpu.get(), here());
                    restore(c);
                },
                () -> fpu.reached(c, STILL_LOADED));
    }

    private void restore(Code c) {
        c.as("__copy_kernel_to_fpregs(&fpu->state)").set(fpu.registers.get(here()), fpstate.get());
    }

    private void runs(Code c) {
        c.check(
                "K2: at VM entry the registers are the guest's",
                fpu.registers.get(here()).eq(expected.get()));
        c.atomically(() -> {
            c.as("compute").set(fpu.registers.get(here()), COMPUTED);
            c.set(expected.get(), COMPUTED);
        });
    }

    private void put(Code c) {
        c.as("copy_fpregs_to_fpstate(&vcpu->arch.guest_fpu)")
                .set(fpstate.get(), fpu.registers.get(here()));
        c.call("__kernel_fpu_end", () -> fpu.kernelFpuEnd(c));
    }
}
