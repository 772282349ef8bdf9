// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.GuestFpu.Flaw;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/**
 * An INIT that a vcpu finds, sent by another one or by user mode: it resets what the guest has in
 * some registers, in KVM_RUN and in KVM_GET_MP_STATE.
 */
final class GuestInit {

    /*
     * What XSAVE keeps can be reset only in memory. So where INIT is emulated, the guest's
     * registers are put, its image changed, and the registers loaded again. In KVM_RUN they are
     * loaded for the task; in KVM_GET_MP_STATE they are not. Put without load takes the registers
     * of user mode for the guest's:
     *
     *     K3  behind a system call the task has the registers of user mode
     *
     * Here an image is one number, and INIT sets it as a whole; really it is some components of it
     * that are set to zero, those of MPX and CET. Whether an INIT is pending is chosen where KVM
     * asks. The vcpu may be an AP that sleeps, which KVM_RUN never enters.
     */

    /** What KVM does otherwise than since Linux 6.18. */
    enum Reset {
        /** Nothing: puts and loads if the registers are loaded. */
        TODAY,
        /** Puts and loads in any case; KVM_GET_MP_STATE loads nothing: 4.15 to 5.5. */
        ALWAYS,
        /** The same, and KVM_GET_MP_STATE loads them for a host that has MPX, as this one: 5.6. */
        PREDICTED,
        /** The same, on a host that has CET and no MPX. */
        PREDICTED_WITHOUT_MPX,
        /** Neither puts nor loads: the image is changed while it is not the truth. */
        NEVER,
        /** As in ALWAYS, but a load or a put is skipped that is not the other's turn. */
        REDUNDANT_SKIPPED,
        /** As in PREDICTED, and KVM_RUN loads nothing for an AP that sleeps. */
        PREDICTED_NOT_FOR_SLEEPING,
        /** As today, and KVM_RUN loads nothing for an AP that sleeps. */
        NOT_FOR_SLEEPING;

        private boolean predicts() {
            return switch (this) {
                case PREDICTED, PREDICTED_WITHOUT_MPX, PREDICTED_NOT_FOR_SLEEPING -> true;
                default -> false;
            };
        }

        private boolean asks() {
            return this == TODAY || this == NOT_FOR_SLEEPING;
        }

        private boolean sleepingUnloaded() {
            return this == NOT_FOR_SLEEPING || this == PREDICTED_NOT_FOR_SLEEPING;
        }
    }

    /** Steps that a model may say are never taken. */
    static final String IN_RUN = "INIT comes in KVM_RUN";

    static final String IN_STATE = "INIT comes in KVM_GET_MP_STATE";

    private static final long USER = 1;
    private static final long INITIAL = 7;

    private final Fpu fpu;
    private final GuestFpu guest;
    private final Reset how;
    private final Never never;
    private final Variable inUse;

    private GuestInit(Model.Builder m, Fpu fpu, Reset how, Never never) {
        this.fpu = fpu;
        this.how = how;
        this.never = never;
        guest = new GuestFpu(m, fpu, Flaw.NONE, never);
        inUse = m.hardware("fpstate->in_use", 0);
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Reset how, Never never) {
        return Model.build(
                name,
                m -> {
                    var fpu =
                            new Fpu(
                                    m,
                                    1,
                                    List.of(Who.user("vcpu"), Who.user("other")),
                                    Change.NONE,
                                    never);
                    var init = new GuestInit(m, fpu, how, never);
                    fpu.runs(init::userMode);
                    fpu.runs(fpu::looksOn);
                });
    }

    private void userMode(Code c) {
        c.forever(() -> {
            fpu.usesRegisters(c);
            var runs = c.as("KVM_RUN, or KVM_GET_MP_STATE").choose("runs", 2);
            c.as("if (KVM_RUN)");
            c.when(
                    runs,
                    () -> ioctl(c, "KVM_RUN", () -> run(c)),
                    () -> ioctl(c, "KVM_GET_MP_STATE", () -> getState(c)));
        });
    }

    private void ioctl(Code c, String name, Runnable body) {
        fpu.systemCall(
                c,
                name,
                () -> {
                    body.run();
                    Expr load = fpu.needLoad.get(current(c));
                    Expr image = fpu.fpstate.get(current(c)).eq(USER);
                    Expr registers = fpu.registers.get(here()).eq(USER);
                    c.check(
                            "K3: behind a system call the task has the registers of user mode",
                            Expr.any(load.and(image), load.not().and(registers)));
                });
    }

    /* ------------------------- KVM_RUN ------------------------- */

    private void run(Code c) {
        var sleeps = c.as("mp_state == KVM_MP_STATE_UNINITIALIZED").choose("sleeps", 2);
        if (how.sleepingUnloaded()) {
            c.as("if (it is)");
            c.when(
                    sleeps,
                    () -> acceptEvents(c, false, IN_RUN),
                    () -> {
                        load(c);
                        enterOften(c);
                        put(c);
                    });
        } else {
            load(c);
            c.as("if (it is)");
            c.when(sleeps, () -> acceptEvents(c, true, IN_RUN), () -> enterOften(c));
            put(c);
        }
    }

    private void enterOften(Code c) {
        guest.runLoop(c, () -> acceptEvents(c, true, IN_RUN));
    }

    /* ------------------------- KVM_GET_MP_STATE ------------------------- */

    private void getState(Code c) {
        ifMpx(c, () -> load(c));
        acceptEvents(c, how == Reset.PREDICTED, IN_STATE);
        ifMpx(c, () -> put(c));
    }

    private void ifMpx(Code c, Runnable body) {
        if (how.predicts()) {
            Expr mpx = Expr.of(how == Reset.PREDICTED_WITHOUT_MPX ? 0 : 1);
            Preemption.when(c, "kvm_mpx_supported()", mpx, body);
        }
    }

    /* ------------------------- INIT ------------------------- */

    /**
     * {@code kvm_apic_accept_events()}.
     *
     * @param loaded whether the guest's registers are loaded for the task
     */
    private void acceptEvents(Code c, boolean loaded, String step) {
        c.call(
                "kvm_apic_accept_events",
                () -> {
                    var init = c.as("KVM_APIC_INIT is pending").choose("init", 2);
                    c.as("if (it is)");
                    c.when(
                            init,
                            () -> {
                                never.here(c, step);
                                c.call("kvm_xstate_reset", () -> reset(c, loaded));
                            });
                });
    }

    private void reset(Code c, boolean loaded) {
        if (how.asks()) {
            var use = c.as("fpu_in_use = fpstate->in_use").let("use", inUse.get());
            c.as("if (fpu_in_use)");
            c.when(use, () -> put(c));
            clear(c, false);
            c.as("if (fpu_in_use)");
            c.when(use, () -> load(c));
        } else if (how == Reset.NEVER) {
            clear(c, loaded);
        } else {
            put(c);
            clear(c, false);
            load(c);
        }
    }

    private void clear(Code c, boolean loaded) {
        c.atomically(() -> {
            guest.setImage(c, "fpstate_clear_xstate_component(fpstate, i)", INITIAL);
            guest.expect(c, loaded, INITIAL);
        });
    }

    private void load(Code c) {
        inTurn(
                c,
                "!KVM_BUG_ON(fpstate->in_use)",
                inUse.get().not(),
                () -> {
                    guest.load(c);
                    c.as("fpstate->in_use = true").set(inUse.get(), 1);
                });
    }

    private void put(Code c) {
        inTurn(
                c,
                "!KVM_BUG_ON(!fpstate->in_use)",
                inUse.get(),
                () -> {
                    guest.put(c);
                    c.as("fpstate->in_use = false").set(inUse.get(), 0);
                });
    }

    private void inTurn(Code c, String text, Expr turn, Runnable body) {
        if (how == Reset.REDUNDANT_SKIPPED) {
            Preemption.when(c, text, turn, body);
        } else {
            body.run();
        }
    }
}
