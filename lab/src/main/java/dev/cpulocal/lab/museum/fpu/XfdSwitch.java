// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** XFD, by which a guest disables a state of the FPU, and the image of that state. */
final class XfdSwitch implements Preemption.Context {

    /*
     * There is one state that can be disabled. XFD says that it is, for the CPU; of the guest's
     * image there are XFD as it is to be loaded, and the bit of XSTATE_BV, that the image has the
     * state. XSAVE saves a disabled state as not there; XRSTOR of one that is there and disabled
     * raises #NM, in the host. The task that runs the guest is always in KVM_RUN here, and its
     * registers are the guest's. An interrupt uses the FPU, and there is no other task.
     */

    /** What happens to the image when the guest disables the state. */
    enum Update {
        /** The state is taken out of an image that is the truth: since Linux 6.19. */
        CLEARS,
        /** Nothing: 5.17 to 6.18. */
        KEEPS,
        /** Nothing; but images are loaded with all states enabled. */
        KEEPS_AND_LOADS_ENABLED
    }

    /** A step that a model may say is never taken. */
    static final String SAVED = "the registers were saved before XFD is updated";

    private static final String FLAG = "test_thread_flag(TIF_NEED_FPU_LOAD)";

    private final Update update;
    private final Never never;
    private final Variable xfd;
    private final Variable inUse;
    private final Variable imageXfd;
    private final Variable imageHas;
    private final Variable needLoad;
    private final Preemption preemption;

    XfdSwitch(Model.Builder m, Update update, Never never) {
        this.update = update;
        this.never = never;
        xfd = m.hardware("XFD", 0);
        inUse = m.hardware("state in use", 0);
        imageXfd = m.hardware("fpstate->xfd", 0);
        imageHas = m.hardware("fpstate XSTATE_BV", 0);
        needLoad = m.hardware("TIF_NEED_FPU_LOAD", 0);
        preemption = new Preemption(m, this, 1, List.of(Who.user("vcpu")));
        preemption.interrupt("interrupt", Expr.of(1), this::kernelFpu);
        preemption.runs(c -> c.forever(() -> runGuest(c)));
    }

    private void runGuest(Code c) {
        Local value = c.local("value");
        c.call("vcpu_enter_guest", () -> c.withoutInterrupts(() -> enterAndExit(c, value)));
        Preemption.idle(c, "handle the exit");
        c.call("fpu_update_guest_xfd", () -> c.withoutInterrupts(() -> update(c, value)));
    }

    private void enterAndExit(Code c, Local value) {
        Preemption.when(c, FLAG, needLoad.get(), () -> c.call("switch_fpu_return", () -> load(c)));
        Preemption.when(
                c,
                "the state is enabled",
                xfd.get().not(),
                () -> c.as("the guest uses it").set(inUse.get(), 1));
        c.as("the guest executes WRMSR(MSR_IA32_XFD)");
        c.set(value, c.choose("xfd", 2));
    }

    private void load(Code c) {
        boolean enabled = update == Update.KEEPS_AND_LOADS_ENABLED;
        c.as(enabled ? "wrmsr(XFD, 0)" : "xfd_update_state(fpstate)")
                .set(xfd.get(), enabled ? Expr.of(0) : imageXfd.get());
        c.check("XRSTOR in the host does not raise #NM", imageHas.get().and(xfd.get()).not());
        c.as("restore_fpregs_from_fpstate(fpstate)").set(inUse.get(), imageHas.get());
        if (enabled) {
            c.as("xfd_update_state(fpstate)").set(xfd.get(), imageXfd.get());
        }
        c.as("clear_thread_flag(TIF_NEED_FPU_LOAD)").set(needLoad.get(), 0);
    }

    private void update(Code c, Expr value) {
        Preemption.when(c, "xfd && " + FLAG, value.and(needLoad.get()), () -> clear(c));
        c.as("fpstate->xfd = xfd").set(imageXfd.get(), value);
        c.as("xfd_update_state(fpstate)").set(xfd.get(), value);
    }

    private void clear(Code c) {
        never.here(c, SAVED);
        if (update == Update.CLEARS) {
            c.as("fpstate->regs.xsave.header.xfeatures &= ~xfd").set(imageHas.get(), 0);
        }
    }

    private void kernelFpu(Code c) {
        Preemption.when(
                c,
                "!" + FLAG,
                needLoad.get().not(),
                () -> {
                    c.as("set_thread_flag(TIF_NEED_FPU_LOAD)").set(needLoad.get(), 1);
                    c.as("save_fpregs_to_fpstate(fpu)")
                            .set(imageHas.get(), inUse.get().and(xfd.get().not()));
                });
    }

    @Override
    public void switchOut(Code c) {}

    @Override
    public void switchIn(Code c) {}

    @Override
    public void exitToUserMode(Code c) {}
}
