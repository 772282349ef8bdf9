// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/** The kernel code of October 2016 that touches a task's registers: signals, fork(), exec(). */
final class Paths2016 {

    /*
     * All of it is in process context and can be preempted, but for the parts that say otherwise.
     * What is repaired is so in the way of Linux 5.2: under fpregs_lock(), load the registers if
     * they are not the task's, before they are read; and say whose they are, after they are set.
     */

    /** A path of the kernel that touches a task's registers. */
    enum Path {
        /** {@code copy_fpstate_to_sigframe()}. */
        SIGNAL,
        /** {@code fpu__restore_sig()}. */
        SIGRETURN,
        /** {@code fpu__clear()}. */
        EXEC,
        /** {@code fpu__copy()}. */
        FORK,
        /** None. */
        NONE
    }

    /** What the signal frame that sigreturn() finds has in it. */
    static final long FRAME = 4;

    private static final String RESTORE = "copy_user_to_fpregs_zeroing(buf_fx)";

    private final Fpu2016 fpu;
    private final Path asPosted;
    private final boolean compacted;
    private final Variable frame;
    private final Variable child;

    /**
     * Adds them to a model.
     *
     * @param asPosted the path that even the repaired series leaves as patches 1 to 4 do
     * @param compacted whether XSAVES is in use, whose format a frame cannot have
     */
    Paths2016(Model.Builder m, Fpu2016 fpu, Path asPosted, boolean compacted) {
        this.fpu = fpu;
        this.asPosted = asPosted;
        this.compacted = compacted;
        frame = m.hardware("frame", Fpu.INIT);
        child = m.hardware("child's fpstate", Fpu.INIT);
    }

    private boolean repaired(Path path) {
        return fpu.series.repaired() && path != asPosted;
    }

    /** {@code copy_fpstate_to_sigframe()}, and a look at the frame. */
    void copyFpstateToSigframe(Code c) {
        writeSigframe(c);
        hasTheTasks(c, "frame", frame);
    }

    /** {@code copy_fpstate_to_sigframe()}. */
    void writeSigframe(Code c) {
        c.call("copy_fpstate_to_sigframe", () -> saveToFrame(c));
    }

    private void saveToFrame(Code c) {
        if (repaired(Path.SIGNAL)) {
            c.withoutInterrupts(() -> loadAndSave(c));
        } else if (compacted) {
            saveRegisters(c);
        } else {
            fpu.ifActive(c, () -> saveRegisters(c), () -> copyImage(c));
        }
    }

    private void loadAndSave(Code c) {
        fpu.loadIfFlagged(c);
        copyFpregsToSigframe(c);
    }

    private void saveRegisters(Code c) {
        if (fpu.series.has(5) && !fpu.series.repaired()) {
            fpu.unlessStillLoaded(c, () -> fpu.copyKernelToFpregs(c));
        }
        copyFpregsToSigframe(c);
    }

    private void copyFpregsToSigframe(Code c) {
        c.as("copy_fpregs_to_sigframe(buf_fx)").set(frame.get(), fpu.registers.get(here()));
    }

    private void copyImage(Code c) {
        c.as("__copy_to_user(buf_fx, xsave)").set(frame.get(), fpu.fpstate.get(current(c)));
    }

    private void hasTheTasks(Code c, String who, Variable what) {
        c.check(
                "the " + who + " has the registers of the task",
                what.get().eq(fpu.expected.get(current(c))));
    }

    /** {@code fpu__restore_sig()} of a 64-bit frame. */
    void restoreSig(Code c) {
        c.call(
                "__fpu__restore_sig",
                () -> {
                    if (repaired(Path.SIGRETURN)) {
                        c.withoutInterrupts(() -> setRegisters(c, RESTORE, FRAME));
                    } else {
                        c.call("user_fpu_begin", () -> userFpuBegin(c));
                        fpu.user.become(c, RESTORE, FRAME);
                    }
                });
    }

    private void userFpuBegin(Code c) {
        c.withoutInterrupts(() -> fpu.ifActive(c, () -> {}, () -> fpu.activate(c)));
    }

    private void setRegisters(Code c, String text, long value) {
        fpu.user.become(c, text, value);
        fpu.activate(c);
        c.as("fpu->last_cpu = cpu").set(fpu.lastCpu.get(current(c)), here());
        c.as("clear_thread_flag(TIF_LOAD_FPU)").set(fpu.loadFpu.get(current(c)), 0);
    }

    /** {@code fpu__clear()}, as exec() calls it for a program that has used the FPU. */
    void clear(Code c) {
        String text = "copy_init_fpstate_to_fpregs()";
        c.call(
                "fpu__clear",
                () -> {
                    if (repaired(Path.EXEC)) {
                        c.withoutInterrupts(() -> setRegisters(c, text, Fpu.INIT));
                    } else {
                        fpu.user.become(c, text, Fpu.INIT);
                    }
                });
    }

    /** {@code fpu__copy()}, as fork() calls it. */
    void copy(Code c) {
        c.call("fpu__copy", () -> c.withoutInterrupts(() -> copyToChild(c)));
        hasTheTasks(c, "child", child);
    }

    private void copyToChild(Code c) {
        if (repaired(Path.FORK)) {
            fpu.ifActive(c, () -> saveForChild(c), () -> copyForChild(c));
        } else {
            saveForChild(c);
        }
    }

    private void saveForChild(Code c) {
        c.as("copy_fpregs_to_fpstate(dst_fpu)").set(child.get(), fpu.registers.get(here()));
    }

    private void copyForChild(Code c) {
        c.as("memcpy(&dst_fpu->state, &src_fpu->state)")
                .set(child.get(), fpu.fpstate.get(current(c)));
    }
}
