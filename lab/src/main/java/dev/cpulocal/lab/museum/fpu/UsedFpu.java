// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** The FPU at the beginning of 2012: a flag of the task and a flag of the CPU that must agree. */
final class UsedFpu implements Preemption.Context {

    /*
     * A task that has the registers has TS_USEDFPU, and CR0.TS is 0; for any other CR0.TS is 1, and
     * its first FPU instruction raises #NM, whose handler gives it the registers. At a switch they
     * are saved and CR0.TS is set if the task has TS_USEDFPU; else CR0.TS is set already, and
     * nothing is done. Nothing is restored at the switch.
     *
     * sigreturn() takes the registers and restores them from user memory by an FPU instruction, in
     * the kernel; if it has lost them before that, the instruction raises #NM, too, which is
     * allowed.
     */

    /** How the two flags are changed where sigreturn() takes the registers. */
    enum Taking {
        /** With preemption disabled: since Linux 3.3. */
        TOGETHER,
        /** First CR0.TS, and then the other. */
        CPU_FIRST,
        /** First TS_USEDFPU, and then the other. */
        TASK_FIRST
    }

    /** A step that a model may say is never taken. */
    static final String LOST = "the registers are lost before they are restored";

    private static final long COMPUTED = 3;
    private static final long FRAME = 4;

    private final Taking taking;
    private final Never never;
    private final Variable registers;
    private final Variable ts;
    private final Variable fpstate;
    private final Variable used;
    private final Variable expected;
    private final Preemption preemption;

    UsedFpu(Model.Builder m, Taking taking, Never never) {
        this.taking = taking;
        this.never = never;
        registers = m.hardware("registers", 1);
        ts = m.hardware("CR0.TS", 0);
        fpstate = m.hardwares("fpstate", List.of(1L, 2L));
        used = m.hardwares("TS_USEDFPU", List.of(1L, 0L));
        expected = m.hardwares("expected", List.of(1L, 2L));
        preemption = new Preemption(m, this, 1, List.of(Who.user("other"), Who.user("task")));
        preemption.runs(this::other);
        preemption.runs(this::task);
    }

    private void other(Code c) {
        usesRegisters(c);
        preemption.inUserMode(c, () -> c.withoutInterrupts(() -> instruction(c, COMPUTED)));
        c.forever(() -> usesRegisters(c));
    }

    private void task(Code c) {
        c.call("restore_i387_xstate", () -> sigreturn(c));
        usesRegisters(c);
    }

    private void usesRegisters(Code c) {
        preemption.inUserMode(
                c,
                () -> {
                    c.withoutInterrupts(() -> trapIfSet(c));
                    c.check(
                            "F: in user mode the registers are the task's",
                            ts.get().or(registers.get().eq(expected.get(current(c)))));
                });
    }

    private void trapIfSet(Code c) {
        Preemption.when(
                c,
                "an FPU instruction raises #NM",
                ts.get(),
                () -> c.call("math_state_restore", () -> restore(c)));
    }

    private void restore(Code c) {
        clearTs(c);
        setUsed(c);
        c.as("restore_fpu_checking(tsk)").set(registers.get(), fpstate.get(current(c)));
    }

    private void clearTs(Code c) {
        c.as("clts()").set(ts.get(), 0);
    }

    private void setUsed(Code c) {
        c.as("tsk->status |= TS_USEDFPU").set(used.get(current(c)), 1);
    }

    private void sigreturn(Code c) {
        c.call("user_fpu_begin", () -> take(c));
        Preemption.idle(c, "anything");
        c.withoutInterrupts(() -> {
            Preemption.when(c, "CR0.TS is set", ts.get(), () -> never.here(c, LOST));
            instruction(c, FRAME);
        });
    }

    /** An instruction that sets the registers. */
    private void instruction(Code c, long value) {
        trapIfSet(c);
        c.as("an FPU instruction").set(registers.get(), value);
        c.set(expected.get(current(c)), value);
    }

    private void take(Code c) {
        switch (taking) {
            case TOGETHER ->
                    c.withoutInterrupts(() -> {
                        clearTs(c);
                        setUsed(c);
                    });
            case CPU_FIRST -> {
                clearTs(c);
                setUsed(c);
            }
            case TASK_FIRST -> {
                setUsed(c);
                clearTs(c);
            }
        }
    }

    @Override
    public void switchOut(Code c) {
        c.call("__unlazy_fpu", () -> unlazy(c));
    }

    private void unlazy(Code c) {
        Preemption.when(
                c,
                "tsk->status & TS_USEDFPU",
                used.get(current(c)),
                () -> {
                    c.check("XSAVE in the kernel does not raise #NM", ts.get().not());
                    c.as("__save_init_fpu(tsk)").set(fpstate.get(current(c)), registers.get());
                    c.as("tsk->status &= ~TS_USEDFPU").set(used.get(current(c)), 0);
                    c.as("stts()").set(ts.get(), 1);
                });
    }

    @Override
    public void switchIn(Code c) {}

    @Override
    public void exitToUserMode(Code c) {}
}
