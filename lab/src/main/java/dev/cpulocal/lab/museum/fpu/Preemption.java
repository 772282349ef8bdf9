// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A scheduler that gives a CPU to any task that waits, at any time that it may. */
final class Preemption {

    /*
     * on_cpu of a task says that a CPU runs it, or has picked it or not yet left it. Who picks a
     * task takes it in the same step, which stands for the locks of the runqueues. The timer comes
     * between any two lines where interrupts are on. That includes those of user mode; a task that
     * was interrupted there goes back by way of the exit to user mode. A task that sleeps is not
     * told apart from one that is preempted.
     */

    /**
     * A task of a model.
     *
     * @param name its name in traces
     * @param user whether it ever runs in user mode; else it is a kernel thread
     * @param cpu the only CPU that it can run on, or ANY
     */
    record Who(String name, boolean user, int cpu) {
        private static final int ANY = -1;

        static Who user(String name) {
            return new Who(name, true, ANY);
        }

        static Who kthread(int cpu) {
            return new Who("kthread " + cpu, false, cpu);
        }

        /** {@return whether a CPU may run it, if it is this task that is meant} */
        private Expr mayRun(int number, Expr task) {
            return cpu == ANY ? Expr.of(1) : task.ne(number).or(here().eq(cpu));
        }
    }

    /** What is switched with a task. */
    interface Context {
        /** Its old CPU still runs it. */
        void switchOut(Code c);

        /** Its new CPU runs it already. */
        void switchIn(Code c);

        /** With interrupts off, before the first instruction of user mode. */
        void exitToUserMode(Code c);
    }

    private record Region(Label from, Label to) {}

    private final Model.Builder m;
    private final Context context;
    private final int cpus;
    private final List<Who> tasks;
    private final Variable onCpu;
    private final Variable prev;
    private final List<List<Region>> userMode = new ArrayList<>();

    /**
     * Adds the timer to a model.
     *
     * @param context what tasks have
     * @param cpus how many CPUs
     * @param tasks the tasks; the first run at first, each on the CPU of its number, others wait
     */
    Preemption(Model.Builder m, Context context, int cpus, List<Who> tasks) {
        this.m = m;
        this.context = context;
        this.cpus = cpus;
        this.tasks = tasks;
        var running = new ArrayList<Long>(Collections.nCopies(cpus, 1L));
        running.addAll(Collections.nCopies(tasks.size() - cpus, 0L));
        onCpu = m.hardwares("on_cpu", running);
        prev = m.hardwares("prev", cpus, 0);
        Expr someTaskWaits =
                Expr.any(
                        IntStream.range(0, tasks.size())
                                .mapToObj(task -> canRun(Expr.of(task)))
                                .toArray(Expr[]::new));
        m.handler("timer", _ -> someTaskWaits, this::preempt);
    }

    private Expr canRun(Expr task) {
        Expr can = onCpu.get(task).not();
        for (int number = 0; number < tasks.size(); number++) {
            can = can.and(tasks.get(number).mayRun(number, task));
        }
        return can;
    }

    /**
     * Says what the next task does. It begins in user mode if it runs at first, else asleep in the
     * kernel. When it has done all, it goes on doing nothing.
     */
    Model.Task runs(Consumer<Code> program) {
        int number = userMode.size();
        String name = tasks.get(number).name();
        Model.Task task = number < cpus ? m.background(name, number) : m.waitingBackground(name);
        userMode.add(new ArrayList<>());
        task.runs(c -> {
            if (number >= cpus) {
                c.call("__schedule", () -> c.withoutInterrupts(() -> finish(c)));
            }
            program.accept(c);
            c.forever(() -> idle(c, "do_exit()"));
        });
        return task;
    }

    /** An interrupt, which does something on the stack of the task that it interrupts. */
    void interrupt(String name, Expr guard, Consumer<Code> body) {
        m.handler(name, _ -> guard, c -> interrupted(c, () -> body.accept(c)));
    }

    /** User mode, after the exit to it. */
    void inUserMode(Code c, Runnable body) {
        Label from = c.label("user");
        Label to = c.label("kernel");
        c.place(from);
        body.run();
        c.place(to);
        regions(c).add(new Region(from, to));
    }

    /** Kernel code that is of no interest but for what can interrupt it. */
    static void idle(Code c, String text) {
        c.as(text).await(Expr.of(1));
    }

    /** Does one thing if a condition of hardware holds, else another; traces show what it is. */
    static void when(Code c, String text, Expr condition, Runnable then, Runnable otherwise) {
        Expr holds = c.as(text).let("holds", condition);
        c.as("if (" + text + ")");
        c.when(holds, then, otherwise);
    }

    /** Does something if a condition of hardware holds. */
    static void when(Code c, String text, Expr condition, Runnable then) {
        Expr holds = c.as(text).let("holds", condition);
        c.as("if (" + text + ")");
        c.when(holds, then);
    }

    /** {@return the CPU that this is executed on} */
    static Expr here() {
        return new Expr.Cpu();
    }

    /** {@return the task that executes this} */
    static Expr current(Code c) {
        return c.task().id();
    }

    private List<Region> regions(Code c) {
        return userMode.get(c.task().number());
    }

    /** {@return whether the task ever runs in user mode} */
    boolean isUser(Code c) {
        return tasks.get(c.task().number()).user();
    }

    private void preempt(Code c) {
        interrupted(c, () -> c.call("__schedule", () -> schedule(c)));
    }

    private void interrupted(Code c, Runnable body) {
        body.run();
        if (isUser(c)) {
            when(c, "user_mode(regs)", interruptedUserMode(c), () -> context.exitToUserMode(c));
        }
    }

    private Expr interruptedUserMode(Code c) {
        return Expr.any(
                regions(c).stream()
                        .map(region -> c.interruptedIn(region.from(), region.to()))
                        .toArray(Expr[]::new));
    }

    private void schedule(Code c) {
        Expr next = pickNextTask(c);
        context.switchOut(c);
        c.switchTo(next);
        finish(c);
    }

    private Expr pickNextTask(Code c) {
        var picked = new ArrayList<Expr>();
        c.atomically(() -> {
            c.as("next = pick_next_task(rq)");
            Expr next = c.choose("next", tasks.size(), this::canRun);
            c.as("next->on_cpu = 1").set(onCpu.get(next), 1);
            c.as("prev = current").set(prev.get(here()), current(c));
            picked.add(next);
        });
        return picked.getFirst();
    }

    private void finish(Code c) {
        c.as("prev->on_cpu = 0").set(onCpu.get(prev.get(here())), 0);
        context.switchIn(c);
    }

    /** Waits until a task runs nowhere, and keeps it from running. */
    void freeze(Code c, Expr task) {
        c.atomically(() -> {
            c.as("wait_task_inactive(child)").await(onCpu.get(task).not());
            c.set(onCpu.get(task), 1);
        });
    }

    /** Lets it run again. */
    void thaw(Code c, Expr task) {
        c.as("wake_up(child)").set(onCpu.get(task), 0);
    }
}
