// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.function.Consumer;

/** The registers of a task in signal frames. */
final class FpuSignals {

    /*
     * Frames are in user memory, which may have to be faulted in. So registers are saved and
     * restored with page faults disabled, under fpregs_lock(); if that fails, the lock is dropped,
     * the memory is faulted in, during which anything can happen, and it is tried again.
     *
     * A frame of sigreturn() comes from the program and may be nonsense. On the fast path XRSTOR
     * finds out; on the slow path, of 32-bit programs, the kernel copies it to its own buffer, and
     * an XRSTOR from there must never fault.
     */

    /** Steps that a model may say are never taken. */
    static final String LOADED = "the registers are loaded for the frame";

    static final String CHANGED = "the XRSTOR that fails changes another task's registers";
    static final String REFUSED = "the frame is refused";

    private static final long FRAME = 4;
    private static final long CHANGED_BY_FAILURE = 8;
    private static final long NONSENSE = 7;

    private final Fpu fpu;
    private final Change change;
    private final Never never;
    private final Variable frame;

    FpuSignals(Model.Builder m, Fpu fpu, Change change, Never never) {
        this.fpu = fpu;
        this.change = change;
        this.never = never;
        frame = m.hardware("frame", Fpu.INIT);
    }

    /* ------------------------- A signal is delivered ------------------------- */

    /** {@code copy_fpstate_to_sigframe()}. */
    void deliver(Code c) {
        c.call(
                "copy_fpstate_to_sigframe",
                () -> {
                    Expr owner = fpu.owner.get(here());
                    if (change == Change.OWNER_READ_ONCE) {
                        c.as("pfo_ret__ = fpu_fpregs_owner_ctx /* kept on the stack */");
                        owner = c.let("pfo_ret__", owner);
                    }
                    Expr whose = owner;
                    retry(c, "fault_in_pages_writeable()", failed -> save(c, whose, failed));
                    c.check(
                            "the frame has the registers of the task",
                            frame.get().eq(fpu.expected.get(c.task().id())));
                });
    }

    /** Does something under fpregs_lock() until it does not fail. */
    private static void retry(Code c, String faultIn, Consumer<Local> attempt) {
        c.until(() -> {
            Local failed = c.local("failed");
            c.call("fpregs_lock", () -> c.withoutInterrupts(() -> attempt.accept(failed)));
            c.as("if (it failed)");
            c.when(failed, () -> Preemption.idle(c, faultIn));
            return failed.not();
        });
    }

    private void save(Code c, Expr whose, Local failed) {
        fpu.ifNeedLoad(
                c,
                () -> {
                    never.here(c, LOADED);
                    fpu.restoreUserRegisters(c, whose);
                });
        Expr fault = c.as("copy_fpregs_to_sigframe(buf_fx)").choose("fault", 2);
        c.set(failed, fault);
        c.as("if (it succeeded)");
        c.when(
                fault.not(),
                () -> c.as("xsave to the frame").set(frame.get(), fpu.registers.get(here())));
    }

    /* ------------------------- sigreturn() ------------------------- */

    /** {@code restore_fpregs_from_user()}: XRSTOR from user memory. */
    void restoreFast(Code c) {
        c.call(
                "restore_fpregs_from_user",
                () -> retry(c, "fault_in_readable()", failed -> xrstor(c, failed)));
    }

    private void xrstor(Code c, Local failed) {
        Expr outcome = c.as("XRSTOR: done, #PF, or #PF and changes").choose("outcome", 3);
        c.set(failed, outcome.isTrue());
        c.as("if (it succeeded)");
        c.when(
                outcome.not(),
                () -> {
                    fpu.user.become(c, "registers are the frame's", FRAME);
                    fpu.markActivate(c);
                });
        c.as("if (it changed registers)");
        c.when(outcome.eq(2), () -> changed(c));
        c.as("if (it failed)");
        c.when(outcome, () -> invalidateOthers(c));
    }

    /** If they are its own, the task may expect them to be anything now. */
    private void changed(Code c) {
        c.as("registers are changed").set(fpu.registers.get(here()), CHANGED_BY_FAILURE);
        Expr expected = fpu.expected.get(c.task().id());
        Preemption.when(
                c,
                "they are the task's own",
                fpu.needLoad.get(c.task().id()).not(),
                () -> c.set(expected, CHANGED_BY_FAILURE),
                () -> never.here(c, CHANGED));
    }

    private void invalidateOthers(Code c) {
        if (change != Change.FAILURE_KEEPS_OWNER) {
            fpu.ifNeedLoad(c, () -> fpu.invalidateCpu(c));
        }
    }

    /**
     * {@code __fpu_restore_sig()} of a 32-bit program, by way of the kernel's buffer.
     *
     * @param supervisor whether there are states in the buffer that no frame has
     */
    void restoreSlow(Code c, boolean supervisor) {
        c.call("__fpu_restore_sig", () -> slow(c, supervisor));
    }

    private void slow(Code c, boolean supervisor) {
        c.call("fpregs_lock", () -> c.withoutInterrupts(() -> takeBuffer(c)));
        Expr bad = c.as("the frame is valid or not").choose("nonsense", 2);
        if (change == Change.COPIED_UNSEEN) {
            c.as("__copy_from_user(xsave, buf_fx)").set(image(c), frameOf(bad));
        }
        c.as("if (validate_user_xstate_header())");
        c.when(bad, () -> refuse(c, supervisor), () -> accept(c));
    }

    private static Expr frameOf(Expr bad) {
        return bad.times(NONSENSE - FRAME).plus(FRAME);
    }

    private Expr image(Code c) {
        return fpu.fpstate.get(c.task().id());
    }

    private void takeBuffer(Code c) {
        fpu.setNeedLoad(c);
        fpu.invalidateTask(c, c.task().id());
        fpu.invalidateCpu(c);
    }

    private void accept(Code c) {
        if (change != Change.COPIED_UNSEEN) {
            c.as("copy the states to the buffer").set(image(c), FRAME);
        }
        c.set(fpu.expected.get(c.task().id()), FRAME);
    }

    private void refuse(Code c, boolean supervisor) {
        never.here(c, REFUSED);
        c.call("fpu__clear_user_states", () -> c.withoutInterrupts(() -> clear(c, supervisor)));
    }

    private void clear(Code c, boolean supervisor) {
        if (supervisor) {
            c.as("os_xrstor_supervisor(fpu->fpstate)");
            c.check("an XRSTOR from the kernel's buffer does not fault", image(c).ne(NONSENSE));
        }
        fpu.user.become(c, "restore_fpregs_from_init_fpstate()", Fpu.INIT);
        fpu.markActivate(c);
    }
}
