// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** The registers of a KVM guest: while it runs, they are those of the task that runs it. */
final class GuestFpu {

    /*
     * KVM_RUN sets the registers of user mode aside, in an image of their own, and loads the
     * guest's. From then on all the rules of the task's registers hold for the guest's: they are
     * saved when the task leaves the CPU or the kernel uses the FPU, TIF_NEED_FPU_LOAD says so, and
     * they are loaded before the guest is entered. At the end both change places again.
     *
     *     K1  X1 to X3 hold for what is loaded for the task
     *     K2  at VM entry the registers are the guest's
     *
     * That load and put take turns, K3, is in the order of the lines. The ghost "expected" of the
     * task is the guest's in between.
     */

    /** What KVM does otherwise than since Linux 5.6. */
    enum Flaw {
        /** Nothing. */
        NONE,
        /** When registers change places, those on the CPU are taken for the task's: 5.2. */
        FLAG_IGNORED,
        /** The same, and they are loaded when the task comes to a CPU, not at entry: 5.3. */
        FLAG_IGNORED_LOADED_EARLY
    }

    /** A step that a model may say is never taken. */
    static final String COPIED = "the image is copied, for the registers are another's";

    private static final long GUEST = 5;
    private static final long COMPUTED = 6;

    private final Fpu fpu;
    private final Flaw flaw;
    private final Never never;
    private final Variable user;
    private final Variable guest;
    private final Variable userExpected;
    private final Variable guestExpected;
    private final Variable loaded;

    GuestFpu(Model.Builder m, Fpu fpu, Flaw flaw, Never never) {
        this.fpu = fpu;
        this.flaw = flaw;
        this.never = never;
        user = m.hardware("user_fpu", Fpu.INIT);
        guest = m.hardware("guest_fpu", GUEST);
        userExpected = m.ghost("user expected", Fpu.INIT);
        guestExpected = m.ghost("guest expected", GUEST);
        loaded = m.hardware("vcpu loaded", 0);
        if (loadsEarly()) {
            fpu.afterSwitchIn(this::schedIn);
        }
    }

    private boolean loadsEarly() {
        return flaw == Flaw.FLAG_IGNORED_LOADED_EARLY;
    }

    /** {@code kvm_sched_in()}, of the task whose number is 0. */
    private void schedIn(Code c) {
        if (c.task().number() == 0) {
            Preemption.when(c, "the vcpu is loaded", loaded.get(), () -> vcpuLoad(c));
        }
    }

    private void vcpuLoad(Code c) {
        c.call("kvm_arch_vcpu_load", () -> c.withoutInterrupts(() -> fpu.loadIfNeeded(c)));
    }

    /** {@code kvm_arch_vcpu_ioctl_run()}: the guest runs once, or more often. */
    void run(Code c) {
        c.as("vcpu_load(vcpu)").set(loaded.get(), 1);
        if (loadsEarly()) {
            vcpuLoad(c);
        }
        Preemption.idle(c, "anything");
        load(c);
        runLoop(c, () -> {});
        Preemption.idle(c, "anything");
        put(c);
        c.as("vcpu_put(vcpu)").set(loaded.get(), 0);
    }

    /**
     * {@code vcpu_run()}: enters the guest once, or more often.
     *
     * @param before what is done before each time
     */
    void runLoop(Code c, Runnable before) {
        c.until(() -> {
            Preemption.idle(c, "anything");
            before.run();
            c.call("vcpu_enter_guest", () -> c.withoutInterrupts(() -> enter(c)));
            return c.as("exit to user mode").choose("exits", 2);
        });
    }

    /** {@code kvm_load_guest_fpu()}. */
    void load(Code c) {
        swap(c, "kvm_load_guest_fpu", user, guest, userExpected, guestExpected);
    }

    /** {@code kvm_put_guest_fpu()}. */
    void put(Code c) {
        swap(c, "kvm_put_guest_fpu", guest, user, guestExpected, userExpected);
    }

    /** Sets the image of the guest. */
    void setImage(Code c, String text, long value) {
        c.as(text).set(guest.get(), value);
    }

    /**
     * Says what the guest is to find at its next entry.
     *
     * @param loaded whether its registers are loaded for the task
     */
    void expect(Code c, boolean loaded, long value) {
        c.set(loaded ? fpu.expected.get(current(c)) : guestExpected.get(), value);
    }

    private void swap(
            Code c, String name, Variable from, Variable to, Variable leaves, Variable comes) {
        c.call(
                name,
                () ->
                        c.withoutInterrupts(() -> {
                            saveCurrent(c, from);
                            c.set(leaves.get(), fpu.expected.get(current(c)));
                            c.check(
                                    "K1: what is set aside is the task's",
                                    from.get().eq(leaves.get()));
                            c.as("copy_kernel_to_fpregs(" + to + ")")
                                    .set(fpu.registers.get(here()), to.get());
                            c.set(fpu.expected.get(current(c)), comes.get());
                            fpu.markActivate(c);
                        }));
    }

    /** {@code kvm_save_current_fpu(from)}. */
    private void saveCurrent(Code c, Variable from) {
        if (flaw == Flaw.NONE) {
            Expr load = fpu.testNeedLoad(c);
            c.as("if (TIF_NEED_FPU_LOAD)");
            c.when(load, () -> copyImage(c, from), () -> saveRegisters(c, from));
        } else {
            saveRegisters(c, from);
        }
    }

    private void copyImage(Code c, Variable from) {
        never.here(c, COPIED);
        c.as("memcpy(" + from + ", current->thread.fpu)")
                .set(from.get(), fpu.fpstate.get(current(c)));
    }

    private void saveRegisters(Code c, Variable from) {
        c.as("copy_fpregs_to_fpstate(" + from + ")").set(from.get(), fpu.registers.get(here()));
    }

    private void enter(Code c) {
        if (!loadsEarly()) {
            c.call("switch_fpu_return", () -> fpu.loadIfNeeded(c));
        }
        c.check(
                "K2: at VM entry the registers are the guest's",
                fpu.registers.get(here()).eq(fpu.expected.get(current(c))));
        fpu.user.become(c, "the guest computes", COMPUTED);
    }
}
