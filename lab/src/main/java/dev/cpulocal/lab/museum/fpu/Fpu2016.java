// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** How Linux 4.8 switched FPU registers, and what the series of October 2016 made of it. */
final class Fpu2016 implements Preemption.Context {

    /*
     * In Linux 4.8 the registers of a user task are its own whenever it runs, in the kernel, too:
     * they are saved when it goes, and restored when it comes. fpregs_active says that they are.
     * Much code relies on it and does not ask. The series restores them on the way to user mode
     * only; in between they are anybody's, and TIF_LOAD_FPU says so.
     *
     *     patch 1   restores in switch_fpu_finish() (and mirrors CR0.TS, which is FPU-02)
     *     patch 2   restores in switch_fpu_return(); kernel_fpu_end() restores no more
     *     patch 3   for KVM, which is FPU-06
     *     patch 4   restores nothing if the owner is the task and its last CPU is this one
     *     patch 5   asks that question for signal frames, too
     *
     * Only eager mode is here, in which CR0.TS is never set, and fpstate_active is always 1. That
     * nothing is changed by two CPUs at a time is as in Fpu. Softirqs are off here where only
     * preemption is.
     */

    /** A step that a model may say is never taken: the registers are not restored. */
    static final String STILL_LOADED = "the registers are still loaded";

    final Variable registers;
    final Variable owner;
    final Variable fpstate;
    final Variable lastCpu;
    final Variable active;
    final Variable loadFpu;
    final Variable expected;
    final UserRegisters user;
    final Series series;
    private final Never never;
    private final Preemption preemption;

    /** Adds CPU 0 and tasks to a model; of user tasks each has computed its number + 1. */
    Fpu2016(Model.Builder m, List<Who> tasks, Series series, Never never) {
        this.series = series;
        this.never = never;
        var values = new ArrayList<Long>();
        for (int task = 0; task < tasks.size(); task++) {
            values.add(tasks.get(task).user() ? task + 1L : Fpu.INIT);
        }
        registers = m.hardwares("registers", values.subList(0, 1));
        expected = m.hardwares("expected", values);
        user = new UserRegisters(registers, expected);
        owner = m.hardware("fpu_fpregs_owner_ctx", 0);
        fpstate = m.hardwares("fpstate", values);
        lastCpu = m.hardwares("fpu.last_cpu", tasks.size(), Fpu.NO_CPU);
        active = m.hardwares("fpu.fpregs_active", firstIs(1, 0, tasks.size()));
        loadFpu = m.hardwares("TIF_LOAD_FPU", tasks.size(), 0);
        preemption = new Preemption(m, this, 1, tasks);
    }

    private static List<Long> firstIs(long first, long others, int count) {
        var all = new ArrayList<Long>(Collections.nCopies(count, others));
        all.set(0, first);
        return all;
    }

    /** Says what the next task does; one that waits at first is asleep in the kernel. */
    void runs(Consumer<Code> program) {
        preemption.runs(program);
    }

    /** Lets softirqs use the FPU at any time. */
    void softirqs() {
        preemption.interrupt("softirq", Expr.of(1), this::kernelFpu);
    }

    /* ------------------------- User mode ------------------------- */

    /** A program looks at its registers. */
    void usesRegisters(Code c) {
        preemption.inUserMode(c, () -> user.check(c));
    }

    /** A task, asleep at first, that only looks at its registers. */
    void looksOn(Code c) {
        exitToUserMode(c);
        c.forever(() -> usesRegisters(c));
    }

    /** A program computes with its registers. */
    void computes(Code c, long value) {
        preemption.inUserMode(c, () -> user.become(c, "compute", value));
    }

    /** A system call or the delivery of a signal: the kernel may sleep, then, and at the end. */
    void inKernel(Code c, String name, Runnable body) {
        c.call(
                name,
                () -> {
                    Preemption.idle(c, "anything that sleeps");
                    body.run();
                    Preemption.idle(c, "anything that sleeps");
                    exitToUserMode(c);
                });
    }

    /* ------------------------- The switch ------------------------- */

    @Override
    public void switchOut(Code c) {
        if (preemption.isUser(c)) {
            c.call("switch_fpu_prepare", () -> prepare(c));
        }
    }

    private void prepare(Code c) {
        ifActive(
                c,
                () -> {
                    copyFpregsToFpstate(c);
                    c.as("old_fpu->last_cpu = cpu").set(lastCpu.get(current(c)), here());
                    c.as("old_fpu->fpregs_active = 0").set(active.get(current(c)), 0);
                },
                () -> c.as("old_fpu->last_cpu = -1").set(lastCpu.get(current(c)), Fpu.NO_CPU));
    }

    /** Does one thing if the registers are said to be the task's, else another. */
    void ifActive(Code c, Runnable then, Runnable otherwise) {
        Preemption.when(c, "fpu->fpregs_active", active.get(current(c)), then, otherwise);
    }

    private void copyFpregsToFpstate(Code c) {
        c.as("copy_fpregs_to_fpstate(fpu)").set(fpstate.get(current(c)), registers.get(here()));
    }

    /** Restores the registers, whoever they belong to. */
    void copyKernelToFpregs(Code c) {
        c.as("copy_kernel_to_fpregs(&fpu->state)")
                .set(registers.get(here()), fpstate.get(current(c)));
    }

    @Override
    public void switchIn(Code c) {
        if (preemption.isUser(c)) {
            c.call("switch_fpu_finish", () -> finish(c));
        }
    }

    private void finish(Code c) {
        if (series.has(2)) {
            setLoadFpu(c);
        } else {
            activateAndRestore(c);
        }
    }

    private void setLoadFpu(Code c) {
        c.as("set_thread_flag(TIF_LOAD_FPU)").set(loadFpu.get(current(c)), 1);
    }

    private void activateAndRestore(Code c) {
        activate(c);
        copyKernelToFpregs(c);
    }

    /** {@code __fpregs_activate(fpu)}. */
    void activate(Code c) {
        c.as("fpu->fpregs_active = 1").set(active.get(current(c)), 1);
        c.as("this_cpu_write(fpu_fpregs_owner_ctx, fpu)").set(owner.get(here()), current(c));
    }

    /* ------------------------- The way to user mode ------------------------- */

    @Override
    public void exitToUserMode(Code c) {
        if (series.has(2)) {
            c.call("prepare_exit_to_usermode", () -> c.withoutInterrupts(() -> loadIfFlagged(c)));
        }
    }

    /** Makes the registers the task's, if they are not. */
    void loadIfFlagged(Code c) {
        Expr flag = c.as("test_and_clear_thread_flag(TIF_LOAD_FPU)").let("load", flag(c));
        c.as("if (TIF_LOAD_FPU)");
        c.when(
                flag,
                () -> {
                    c.as("clear_thread_flag(TIF_LOAD_FPU)").set(loadFpu.get(current(c)), 0);
                    c.call("switch_fpu_return", () -> switchFpuReturn(c));
                });
    }

    private Expr flag(Code c) {
        return loadFpu.get(current(c));
    }

    private void switchFpuReturn(Code c) {
        if (series.has(4)) {
            unlessStillLoaded(c, () -> restoreAndClaim(c));
        } else {
            restoreAndClaim(c);
        }
    }

    /** {@code if (!fpu_lazy_skip_restore(fpu))}. */
    void unlessStillLoaded(Code c, Runnable body) {
        Expr still = c.as("fpu_lazy_skip_restore(fpu)").let("still_loaded", isStillLoaded(c));
        if (!series.repaired()) {
            c.as("fpu->fpregs_active = still_loaded").set(active.get(current(c)), still);
        }
        c.as("if (!still_loaded)");
        c.when(still.not(), body, () -> stillLoaded(c));
    }

    private Expr isStillLoaded(Code c) {
        return lastCpu.get(current(c)).eq(here()).and(owner.get(here()).eq(current(c)));
    }

    /** Marks the place of a step. */
    void reached(Code c, String step) {
        never.here(c, step);
    }

    private void stillLoaded(Code c) {
        reached(c, STILL_LOADED);
        if (series.repaired()) {
            c.as("fpu->fpregs_active = 1").set(active.get(current(c)), 1);
        }
    }

    private void restoreAndClaim(Code c) {
        activateAndRestore(c);
        if (series.repaired()) {
            c.as("fpu->last_cpu = cpu").set(lastCpu.get(current(c)), here());
        }
    }

    /* ------------------------- The kernel's own use ------------------------- */

    private void kernelFpu(Code c) {
        c.call("kernel_fpu_begin", () -> kernelFpuBegin(c, Fpu.NOBODY));
        c.as("the kernel computes").set(registers.get(here()), Fpu.OF_KERNEL);
        c.call("kernel_fpu_end", () -> kernelFpuEnd(c));
    }

    /** {@code __kernel_fpu_begin(kernelfpu)}; without patch 3, of anybody. */
    void kernelFpuBegin(Code c, long kernelFpu) {
        if (series.has(2)) {
            setOwner(c, series.has(3) ? kernelFpu : Fpu.NOBODY);
        }
        ifActive(c, () -> copyFpregsToFpstate(c), () -> forgetOwnerBefore2(c));
    }

    private void forgetOwnerBefore2(Code c) {
        if (!series.has(2)) {
            setOwner(c, Fpu.NOBODY);
        }
    }

    private void setOwner(Code c, long whose) {
        c.as("this_cpu_write(fpu_fpregs_owner_ctx, kernelfpu)").set(owner.get(here()), whose);
    }

    /** {@code __kernel_fpu_end()}. */
    void kernelFpuEnd(Code c) {
        ifActive(
                c,
                () -> {
                    if (series.has(2)) {
                        setLoadFpu(c);
                        c.as("fpu->fpregs_active = 0").set(active.get(current(c)), 0);
                    } else {
                        copyKernelToFpregs(c);
                    }
                },
                () -> {});
    }
}
