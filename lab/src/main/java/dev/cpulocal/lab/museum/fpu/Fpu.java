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
import java.util.List;
import java.util.function.Consumer;

/**
 * How x86 switches FPU registers: saved when a task leaves a CPU, restored when it returns to user
 * mode, unless they are still there.
 */
final class Fpu implements Preemption.Context {

    /*
     * Of each CPU there are its registers, which are hardware, and fpu_fpregs_owner_ctx: whose
     * registers they are. Of each task there are its image in memory (fpstate), the CPU that had
     * its registers last (fpu.last_cpu), and TIF_NEED_FPU_LOAD: the image is the truth, not the
     * registers. What is in registers or an image is a number: a program computes one, the kernel
     * leaves another. "expected" is a ghost, the number that a task would see if it were alone.
     *
     * The invariants, checked where the code relies on them:
     *
     *     F   in user mode the registers are the task's
     *     X1  without TIF_NEED_FPU_LOAD they are so in the kernel, too
     *     X2  with it, the image is the task's
     *     X3  registers of a CPU whose owner is a task whose last CPU this is are the task's
     *
     * X4 is the rule that keeps X3: whoever changes the registers of a CPU resets its owner, and
     * whoever changes the image of a task resets its last CPU.
     *
     * Nothing of this is accessed by two CPUs at a time: the owner is its CPU's, the rest is the
     * task's, and goes with it from one runqueue lock to the next. So memory order plays no part,
     * and all changes at once. The registers are one here, though XSAVE can save and restore parts.
     * PKRU, which is switched apart from them, has a model of its own. fpregs_lock(), which
     * disables preemption and softirqs, disables all interrupts here; so does kernel_fpu_begin(),
     * and that it is not nested, which would be X5, need not be checked.
     */

    /** The step that a model may say is never taken: the registers are not restored. */
    static final String STILL_THERE = "the registers are still there";

    /** Another: a kernel thread saves registers, which are not its own. */
    static final String OF_ANOTHER = "another's registers are saved";

    /** What each entry says about memory models. */
    static final String MEMORY_ORDER =
            "Nothing is accessed by two CPUs at a time, so that memory order plays no part.";

    static final long INIT = 0;
    static final long OF_KERNEL = 9;
    static final long NOBODY = -1;
    static final long NO_CPU = -1;

    final Variable registers;
    final Variable owner;
    final Variable fpstate;
    final Variable lastCpu;
    final Variable needLoad;
    final Variable expected;
    final UserRegisters user;
    private final Preemption preemption;
    private final Change change;
    private final Never never;
    private Consumer<Code> afterSwitchIn = _ -> {};

    /**
     * Adds CPUs and tasks to a model.
     *
     * @param cpus how many CPUs; as many tasks run at first
     * @param tasks the tasks; of user tasks each has computed its number + 1
     * @param change what is different from today's code
     * @param never what is said never to happen
     */
    Fpu(Model.Builder m, int cpus, List<Who> tasks, Change change, Never never) {
        this.change = change;
        this.never = never;
        var values = new ArrayList<Long>();
        var owners = new ArrayList<Long>();
        var lasts = new ArrayList<Long>();
        var flags = new ArrayList<Long>();
        for (int task = 0; task < tasks.size(); task++) {
            boolean user = tasks.get(task).user();
            boolean runs = user && task < cpus;
            values.add(user ? task + 1L : INIT);
            owners.add(runs ? task : NOBODY);
            lasts.add(runs ? task : NO_CPU);
            flags.add(user && !runs ? 1L : 0L);
        }
        registers = m.hardwares("registers", values.subList(0, cpus));
        expected = m.hardwares("expected", values);
        user = new UserRegisters(registers, expected);
        owner = m.hardwares("fpu_fpregs_owner_ctx", owners.subList(0, cpus));
        fpstate = m.hardwares("fpstate", values);
        lastCpu = m.hardwares("fpu.last_cpu", lasts);
        needLoad = m.hardwares("TIF_NEED_FPU_LOAD", flags);
        preemption = new Preemption(m, this, cpus, tasks);
    }

    /** Says what the next task does; one that waits at first is asleep in the kernel. */
    Model.Task runs(Consumer<Code> program) {
        return preemption.runs(program);
    }

    /** Says what else is done when a task comes to a CPU: a preempt notifier. */
    void afterSwitchIn(Consumer<Code> notifier) {
        afterSwitchIn = notifier;
    }

    /** {@return the scheduler} */
    Preemption scheduler() {
        return preemption;
    }

    /* ------------------------- User mode ------------------------- */

    /** A program computes with its registers. */
    void computes(Code c, long value) {
        preemption.inUserMode(
                c,
                () -> {
                    user.check(c);
                    user.become(c, "compute", value);
                    user.check(c);
                });
    }

    /** A program looks at its registers. */
    void usesRegisters(Code c) {
        preemption.inUserMode(c, () -> user.check(c));
    }

    /** A system call: kernel code that can be preempted, and the exit to user mode. */
    void systemCall(Code c, String name, Runnable body) {
        c.call(
                name,
                () -> {
                    body.run();
                    exitToUserMode(c);
                });
    }

    /* ------------------------- The switch ------------------------- */

    @Override
    public void switchOut(Code c) {
        if (hasRegisters(c)) {
            c.call("switch_fpu_prepare", () -> unlessNeedLoad(c, () -> save(c)));
        }
    }

    private boolean hasRegisters(Code c) {
        return preemption.isUser(c) || change.mmForUser();
    }

    private void save(Code c) {
        saveRegisters(c);
        if (change.fnsave()) {
            c.as("fpu->last_cpu = -1").set(lastCpu.get(current(c)), NO_CPU);
        } else {
            c.as("fpu->last_cpu = cpu").set(lastCpu.get(current(c)), here());
        }
    }

    private void saveRegisters(Code c) {
        if (!preemption.isUser(c)) {
            never.here(c, OF_ANOTHER);
        } else {
            c.check(
                    "X1: without TIF_NEED_FPU_LOAD the registers are the task's",
                    registers.get(here()).eq(expected.get(current(c))));
        }
        c.as("save_fpregs_to_fpstate(fpu)").set(fpstate.get(current(c)), registers.get(here()));
        if (change.fnsave()) {
            c.as("fnsave resets the registers").set(registers.get(here()), INIT);
        }
    }

    private void unlessNeedLoad(Code c, Runnable body) {
        Expr load = testNeedLoad(c);
        c.as("if (!TIF_NEED_FPU_LOAD)");
        c.when(load.not(), body);
    }

    /** {@return whether the image is the truth} */
    Expr testNeedLoad(Code c) {
        return c.as("test_thread_flag(TIF_NEED_FPU_LOAD)").let("load", needLoad.get(current(c)));
    }

    @Override
    public void switchIn(Code c) {
        if (preemption.isUser(c) || change == Change.MM_FOR_USER) {
            setNeedLoad(c);
        }
        afterSwitchIn.accept(c);
    }

    /** Says that the image is the truth. */
    void setNeedLoad(Code c) {
        c.as("set_thread_flag(TIF_NEED_FPU_LOAD)").set(needLoad.get(current(c)), 1);
    }

    private void clearNeedLoad(Code c) {
        c.as("clear_thread_flag(TIF_NEED_FPU_LOAD)").set(needLoad.get(current(c)), 0);
    }

    /* ------------------------- The way to user mode ------------------------- */

    @Override
    public void exitToUserMode(Code c) {
        c.call("switch_fpu_return", () -> c.withoutInterrupts(() -> loadIfNeeded(c)));
    }

    /** Makes the registers the task's, before it or the kernel uses them. */
    void loadIfNeeded(Code c) {
        ifNeedLoad(c, () -> restoreUserRegisters(c, owner.get(here())));
    }

    /** Does something if the image is the truth. */
    void ifNeedLoad(Code c, Runnable body) {
        Expr load = testNeedLoad(c);
        c.as("if (TIF_NEED_FPU_LOAD)");
        c.when(load, body);
    }

    /**
     * {@code fpregs_restore_userregs()}.
     *
     * @param whose what is read of the owner
     */
    void restoreUserRegisters(Code c, Expr whose) {
        c.call("fpregs_restore_userregs", () -> restoreUnlessValid(c, whose));
    }

    private void restoreUnlessValid(Code c, Expr whose) {
        Expr valid = c.as("fpregs_state_valid(fpu, cpu)").let("valid", isValid(c, whose));
        c.as("if (!fpregs_state_valid(fpu, cpu))");
        c.when(valid.not(), () -> restore(c), () -> stillThere(c));
        clearNeedLoad(c);
    }

    private Expr isValid(Code c, Expr whose) {
        Expr isOwner = whose.eq(current(c));
        Expr isLast = lastCpu.get(current(c)).eq(here());
        return switch (change) {
            case OWNER_ALONE -> isOwner;
            case LAST_CPU_ALONE -> isLast;
            default -> isOwner.and(isLast);
        };
    }

    private void restore(Code c) {
        Expr image = fpstate.get(current(c));
        c.check(
                "X2: with TIF_NEED_FPU_LOAD the image is the task's",
                image.eq(expected.get(current(c))));
        c.as("restore_fpregs_from_fpstate(fpu->fpstate)").set(registers.get(here()), image);
        activate(c);
    }

    private void stillThere(Code c) {
        c.check(
                "X3: registers that are said to be there still are the task's",
                registers.get(here()).eq(expected.get(current(c))));
        never.here(c, STILL_THERE);
    }

    private void activate(Code c) {
        c.as("fpregs_activate(fpu)").set(owner.get(here()), current(c));
        c.as("fpu->last_cpu = cpu").set(lastCpu.get(current(c)), here());
    }

    /** {@code fpregs_mark_activate()}: the registers were set otherwise. */
    void markActivate(Code c) {
        activate(c);
        clearNeedLoad(c);
    }

    /** {@code __cpu_invalidate_fpregs_state()}: nobody owns the registers of this CPU. */
    void invalidateCpu(Code c) {
        c.as("__cpu_invalidate_fpregs_state()").set(owner.get(here()), NOBODY);
    }

    /** {@code __fpu_invalidate_fpregs_state(fpu)}: the task's registers are on no CPU. */
    void invalidateTask(Code c, Expr task) {
        c.as("__fpu_invalidate_fpregs_state(fpu)").set(lastCpu.get(task), NO_CPU);
    }

    /** {@code fpu__drop(fpu)}: as above, and the task knows that it was its own. */
    void dropOwner(Code c) {
        c.as("fpu__drop(fpu)").set(owner.get(here()), NOBODY);
    }

    /** Sets the task's image, and what is expected of it. */
    void setImage(Code c, String text, long value) {
        c.as(text).set(fpstate.get(current(c)), value);
        c.set(expected.get(current(c)), value);
    }

    /* ------------------------- The kernel's own use ------------------------- */

    /** {@code kernel_fpu_begin()}, some use of the registers, {@code kernel_fpu_end()}. */
    void kernelFpu(Code c) {
        c.withoutInterrupts(() -> c.call("kernel_fpu_begin", () -> kernelFpuBegin(c)));
    }

    private void kernelFpuBegin(Code c) {
        if (hasRegisters(c)) {
            unlessNeedLoad(
                    c,
                    () -> {
                        setNeedLoad(c);
                        saveRegisters(c);
                    });
        }
        if (!change.kernelKeepsOwner()) {
            invalidateCpu(c);
        }
        c.as("the kernel computes").set(registers.get(here()), OF_KERNEL);
    }

    /** A kernel thread that uses the registers at times. */
    void kthread(Code c) {
        c.forever(() -> {
            Preemption.idle(c, "anything");
            kernelFpu(c);
        });
    }

    /** A user task, asleep at first, that only looks at its registers. */
    void looksOn(Code c) {
        exitToUserMode(c);
        c.forever(() -> usesRegisters(c));
    }
}
