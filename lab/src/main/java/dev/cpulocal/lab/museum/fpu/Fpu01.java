// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-01: the two halves of the rule, and a debugger. */
final class Fpu01 {

    private static final long COMPUTED = 4;
    private static final long BY_DEBUGGER = 5;

    static final Variants<Change> VARIANTS = new Variants<>("FPU-01", Fpu01::describe);

    private Fpu01() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "FPU-01",
                        "Registers are still there if owner and last CPU say so",
                        Area.FPU)
                .kernels("3.3 until 089f9fba56fa: the debugger's half")
                .bounds(
                        "two CPUs, two tasks that compute once, one debugger that writes once. "
                                + Fpu.MEMORY_ORDER)
                .story(
                        """
                        Since 3.3 a task's registers are not restored if the CPU's owner is the \
                        task and the task's last CPU is this one. Both are needed: the owner \
                        alone does not see that the task has computed elsewhere since, the last \
                        CPU alone does not see that others have computed here. And who changes \
                        the image of a stopped task, as a debugger does, has to reset the one or \
                        the other; ptrace did not, and what the debugger wrote was ignored.\
                        """)
                .history(
                        "",
                        "2012",
                        "7e16838d94b5, Linux 3.3",
                        "The rule, for registers that are restored at the switch.")
                .history(
                        "",
                        "",
                        "089f9fba56fa",
                        "The debugger's write of registers that resets nothing, and its fix.")
                .said(
                        Riel.AUTHOR,
                        "3 October 2016",
                        Riel.patch(2),
                        "fpu__activate_fpstate_write will disable lazy restore, and"
                                + " ensure a full restore from memory.")
                .settled(
                        Outcome.CONFIRMED,
                        "both",
                        "It sets last_cpu to -1, which is enough for who changes the"
                                + " image of a stopped task. It is not for who changes the"
                                + " registers of a CPU: FPU-04.")
                .said(
                        Riel.AUTHOR,
                        "4 October 2016",
                        Riel.patch(2),
                        "Modifying the in-memory FPU state can only be done on a task"
                                + " that is not currently running in user space. As long as the"
                                + " modification is done before task runs again, that is safe.")
                .settled(
                        Outcome.DEPENDS,
                        "debugger resets nothing",
                        "Only with the reset. The task is stopped for all of the"
                                + " modification, and runs with its old registers.")
                .derived(
                        "That each half alone fails is our derivation; the rule had"
                                + " both from the beginning.")
                .reference(VARIANTS.of("both", "The rule.", Change.NONE).holds(SC))
                .variant(
                        VARIANTS.of(
                                        "owner alone",
                                        "A task that computed elsewhere.",
                                        Change.OWNER_ALONE)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "last CPU alone",
                                        "Others that computed here.",
                                        Change.LAST_CPU_ALONE)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "debugger resets nothing",
                                        "The rule, and ptrace as it was in 3.3.",
                                        Change.PTRACE_KEEPS_LAST_CPU)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        Fpu.STILL_THERE, "Today's rule, said never to find this.", Change.NONE)
                .violated(SC);
    }

    private static void describe(Model.Builder m, Change change, Never never) {
        var tasks = List.of(Who.user("task"), Who.kthread(1), Who.user("other"));
        var fpu = new Fpu(m, 2, tasks, change, never);
        Expr stopped = m.hardware("stopped", 0).get();
        fpu.runs(c -> task(c, fpu, stopped));
        fpu.runs(c -> debugger(c, fpu, stopped, change));
        fpu.runs(fpu::looksOn);
    }

    private static void task(Code c, Fpu fpu, Expr stopped) {
        fpu.computes(c, COMPUTED);
        fpu.systemCall(
                c,
                "ptrace_stop",
                () -> {
                    c.as("TASK_TRACED").set(stopped, 1);
                    c.as("schedule()").await(stopped.not());
                });
        fpu.usesRegisters(c);
    }

    /** A thread of the kernel here, for what matters: its registers are not of interest. */
    private static void debugger(Code c, Fpu fpu, Expr stopped, Change change) {
        Expr child = Expr.of(0);
        c.as("waitpid(child)").await(stopped);
        fpu.scheduler().freeze(c, child);
        c.call("xfpregs_set", () -> write(c, fpu, child, change));
        c.as("PTRACE_CONT").set(stopped, 0);
        fpu.scheduler().thaw(c, child);
    }

    private static void write(Code c, Fpu fpu, Expr child, Change change) {
        if (change != Change.PTRACE_KEEPS_LAST_CPU) {
            fpu.invalidateTask(c, child);
        }
        c.as("child's fpstate = the debugger's").set(fpu.fpstate.get(child), BY_DEBUGGER);
        c.set(fpu.expected.get(child), BY_DEBUGGER);
    }
}
