// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.List;
import java.util.function.Consumer;

/**
 * How x86 switches FPU registers: saved when a task leaves a CPU, restored when it returns to user
 * mode, unless they are still there. One user task that exec()s, two CPUs with a kernel thread
 * each.
 */
final class FpuSwitch {

    /*
     * Of each CPU there are its registers, which are hardware, and fpu_fpregs_owner_ctx: whose
     * registers they are. Of the task there are its image in memory (fpstate), the CPU that had its
     * registers last (fpu.last_cpu), and TIF_NEED_FPU_LOAD: the image is the truth, not registers.
     * The registers are a number: INIT, what the old program computes, or what the kernel leaves.
     *
     * They need not be restored if the CPU's owner is the task and the task's last CPU is this one.
     * So whoever changes the registers of a CPU resets its owner, and whoever changes the image of
     * a task resets its last CPU.
     *
     * The timer can preempt the task wherever preemption is not disabled, in the kernel or in user
     * mode. The kernel threads are the rest of the system: they run the task whenever no CPU does,
     * and may use the FPU. on_cpu is that of the scheduler, which also stands for its locks: it is
     * 0 while the task may be taken.
     */

    /** How exec() makes the registers invalid whose image it resets. */
    enum Reset {
        /** {@code __fpu_invalidate_fpregs_state(fpu)}: the task was on no CPU. */
        LAST_CPU,
        /** {@code fpu__drop(fpu)}: nobody owns the registers of this CPU. */
        OWNER,
        /** Not at all. */
        NOT
    }

    private static final long INIT = 0;
    private static final long COMPUTED = 1;
    private static final long OF_KERNEL = 2;

    private static final long NOBODY = 0;
    private static final long TASK = 1;
    private static final long NO_CPU = -1;

    /** The step that a model may say is never taken: the registers are not restored. */
    static final String STILL_THERE = "the registers are still there";

    private static final int CPUS = 2;

    /** More stores are never held back: the scheduler's atomic instructions come before. */
    private static final int WINDOW = 16;

    private final Reset reset;
    private final boolean kernelResetsOwner;
    private final Never never;
    private final Model.Task task;
    private final Variable registers;
    private final Variable owner;
    private final Variable fpstate;
    private final Variable lastCpu;
    private final Variable needLoad;
    private final Variable onCpu;
    private final Variable expected;
    private final Expr.Label user = new Expr.Label("user");
    private final Expr.Label exec = new Expr.Label("exec");
    private final Expr.Label newProgram = new Expr.Label("new program");
    private final Expr.Label end = new Expr.Label("end");

    /**
     * Adds the task and the kernel threads to a model.
     *
     * @param reset what exec() does
     * @param kernelResetsOwner what kernel_fpu_begin() does
     */
    FpuSwitch(Model.Builder m, Reset reset, boolean kernelResetsOwner, Never never) {
        this.reset = reset;
        this.kernelResetsOwner = kernelResetsOwner;
        this.never = never;
        registers = m.hardwares("registers", CPUS, INIT);
        expected = m.ghost("expected", INIT);
        owner = m.shareds("fpu_fpregs_owner_ctx", List.of(TASK, NOBODY));
        fpstate = m.shared("fpstate", INIT);
        lastCpu = m.shared("fpu.last_cpu", 0);
        needLoad = m.shared("TIF_NEED_FPU_LOAD", 0);
        onCpu = m.shared("on_cpu", 1);
        task = m.task("task", 0);
        task.runs(this::program);
        m.waitingBackground("kthread 0").runs(this::resumedKthread);
        m.background("kthread 1", 1).runs(this::kthread);
        m.window(WINDOW);
        m.handler("timer", it -> it == task ? Expr.of(1) : null, this::preempt);
    }

    private static Expr here() {
        return new Expr.Cpu();
    }

    private static Expr cpu(Code c) {
        return c.as("cpu = smp_processor_id()").let("cpu", here());
    }

    /* ------------------------- The task ------------------------- */

    private void program(Code c) {
        c.place(user);
        c.atomically(() -> {
            c.as("the old program computes").set(registers.get(here()), COMPUTED);
            c.set(expected.get(), COMPUTED);
        });
        useRegisters(c);
        c.place(exec);
        c.call("exec", () -> exec(c));
        c.place(newProgram);
        useRegisters(c);
        c.place(end);
    }

    private void useRegisters(Code c) {
        c.check("the registers are the program's", registers.get(here()).eq(expected.get()));
    }

    private void exec(Code c) {
        preemptible(c, "open the program");
        irqsOff(c, "fpu_reset_fpregs", this::fpuResetFpregs);
        preemptible(c, "start_thread()");
        exitToUserMode(c);
    }

    /** Kernel code that is of no interest but for what can interrupt it. */
    private static void preemptible(Code c, String text) {
        c.as(text).await(Expr.of(1));
    }

    private static void irqsOff(Code c, String function, Consumer<Code> body) {
        c.call(function, () -> c.withoutInterrupts(() -> body.accept(c)));
    }

    private void fpuResetFpregs(Code c) {
        invalidate(c, cpu(c));
        c.as("memcpy(&fpu->fpstate->regs, &init_fpstate.regs)").store(fpstate, INIT);
        c.as("set_thread_flag(TIF_NEED_FPU_LOAD)").store(needLoad, 1);
        c.set(expected.get(), INIT);
    }

    private void invalidate(Code c, Expr cpu) {
        if (reset == Reset.LAST_CPU) {
            c.as("__fpu_invalidate_fpregs_state(fpu)").store(lastCpu, NO_CPU);
        } else if (reset == Reset.OWNER) {
            c.as("fpu__drop(fpu)").store(owner, cpu, Expr.of(NOBODY));
        }
    }

    private void exitToUserMode(Code c) {
        irqsOff(c, "switch_fpu_return", this::switchFpuReturn);
    }

    private void switchFpuReturn(Code c) {
        var load = c.as("test_thread_flag(TIF_NEED_FPU_LOAD)").load(needLoad);
        c.as("if (TIF_NEED_FPU_LOAD)");
        c.when(load, () -> c.call("fpregs_restore_userregs", () -> fpregsRestoreUserregs(c)));
    }

    private void fpregsRestoreUserregs(Code c) {
        var cpu = cpu(c);
        var whose = c.as("this_cpu_read(fpu_fpregs_owner_ctx)").load(owner, cpu);
        var last = c.as("fpu->last_cpu").load(lastCpu);
        var valid = whose.eq(TASK).and(last.eq(cpu));
        c.as("if (!fpregs_state_valid(fpu, cpu))");
        c.when(valid.not(), () -> restore(c, cpu), () -> never.here(c, STILL_THERE));
        c.as("clear_thread_flag(TIF_NEED_FPU_LOAD)").store(needLoad, 0);
    }

    private void restore(Code c, Expr cpu) {
        var image = c.as("restore_fpregs_from_fpstate(fpu->fpstate)").load(fpstate);
        c.as("xrstor").set(registers.get(cpu), image);
        c.as("fpregs_activate(fpu)").store(owner, cpu, Expr.of(TASK));
        c.as("fpu->last_cpu = cpu").store(lastCpu, cpu);
    }

    /* ------------------------- The scheduler ------------------------- */

    private void preempt(Code c) {
        var fromUser = c.interruptedIn(user, exec).or(c.interruptedIn(newProgram, end));
        var inUser = c.as("user_mode(regs)").let("user", fromUser);
        var cpu = cpu(c);
        c.call("__schedule", () -> schedule(c, cpu));
        c.as("if (user_mode(regs))");
        c.when(inUser, () -> exitToUserMode(c));
    }

    private void schedule(Code c, Expr cpu) {
        var load = c.as("test_thread_flag(TIF_NEED_FPU_LOAD)").load(needLoad);
        c.as("if (!TIF_NEED_FPU_LOAD)");
        c.when(load.not(), () -> c.call("switch_fpu_prepare", () -> save(c, cpu)));
        c.switchTo(task.id().plus(1).plus(cpu));
    }

    private void save(Code c, Expr cpu) {
        var image = c.as("xsave").let("image", registers.get(cpu));
        c.as("save_fpregs_to_fpstate(fpu)").store(fpstate, image);
        c.as("fpu->last_cpu = cpu").store(lastCpu, cpu);
    }

    private void resumedKthread(Code c) {
        finishTaskSwitch(c);
        kthread(c);
    }

    /** Runs the task whenever no CPU does. */
    private void kthread(Code c) {
        c.forever(() -> {
            var was = c.as("cmpxchg(&task->on_cpu, 0, 1)").compareAndExchange(onCpu, 0, 1);
            c.as("if (it was 0)");
            c.when(was.not(), () -> runTask(c));
        });
    }

    private void runTask(Code c) {
        var uses = c.as("uses the FPU or not").choose("uses", 2);
        c.as("if (it does)");
        c.when(uses, () -> c.call("kernel_fpu_begin", () -> kernelFpuBegin(c)));
        c.as("set_tsk_thread_flag(next, TIF_NEED_FPU_LOAD)").store(needLoad, 1);
        c.switchTo(task.id());
        finishTaskSwitch(c);
    }

    private void kernelFpuBegin(Code c) {
        var cpu = cpu(c);
        if (kernelResetsOwner) {
            c.as("__cpu_invalidate_fpregs_state()").store(owner, cpu, Expr.of(NOBODY));
        }
        c.as("the kernel computes").set(registers.get(cpu), OF_KERNEL);
    }

    private void finishTaskSwitch(Code c) {
        c.as("smp_store_release(&task->on_cpu, 0)").storeRelease(onCpu, 0);
    }
}
