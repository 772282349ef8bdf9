// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The private expedited commands of membarrier(2), as in {@code kernel/sched/membarrier.c}. */
public final class Membarrier {

    /*
     * The caller's barriers have the letters of the comment at the top of that file: (a) before the
     * CPUs are looked at, (c) after their interrupts were handled. One call at a time interrupts, by
     * membarrier_ipi_mutex, so one request for each CPU is enough. The caller cannot be preempted
     * while it waits, but takes interrupts of others, and its own where it names its own CPU.
     *
     * Neither the request nor the answer orders any access by itself: only barriers do.
     */

    private static final int NOTHING = 0;
    private static final int BARRIER = 1;
    private static final int RESTART = 2;

    private record Call(Label entry, Label exit) {}

    private final Kernel.Config config;
    private final Rseq rseq;
    private final Scheduler scheduler;
    private final Variable request;
    private final Variable mutex;
    private final Model.Handler interrupt;
    private final Map<Model.Task, List<Call>> calls = new HashMap<>();

    Membarrier(Model.Builder m, Kernel.Config config, Rseq rseq, Scheduler scheduler) {
        this.config = config;
        this.rseq = rseq;
        this.scheduler = scheduler;
        request = m.hardwares("ipi", config.cpus(), NOTHING);
        mutex = m.hardware("membarrier_ipi_mutex", 0);
        interrupt = m.interrupt("ipi", _ -> request.get(new Expr.Cpu()), this::interrupted);
    }

    Model.Handler interrupt() {
        return interrupt;
    }

    /**
     * {@code membarrier(PRIVATE_EXPEDITED, 0, 0)}: no access of the process is reordered with it.
     */
    public void privateExpedited(Code c) {
        call(c, BARRIER, config.allCpus());
    }

    /** {@code membarrier(PRIVATE_EXPEDITED_RSEQ, 0, 0)}: and all sections are restarted. */
    public void privateExpeditedRseq(Code c) {
        call(c, RESTART, config.allCpus());
    }

    /** {@code membarrier(PRIVATE_EXPEDITED_RSEQ, FLAG_CPU, cpu)}: of one CPU. */
    public void privateExpeditedRseq(Code c, Expr cpu) {
        call(c, RESTART, List.of(cpu));
    }

    private void call(Code c, int what, List<Expr> cpus) {
        Call call = new Call(c.label("membarrier.entry"), c.label("membarrier.exit"));
        calls.computeIfAbsent(c.task(), _ -> new ArrayList<>()).add(call);
        c.call(
                "membarrier_private_expedited",
                () ->
                        c.disablingInterrupts(() -> {
                            barrier(c, Flaw.NO_BARRIER_AT_ENTRY, "smp_mb() /* (a) */");
                            c.place(call.entry);
                            takingInterrupts(
                                    c,
                                    () ->
                                            c.atomically(() -> {
                                                c.as("mutex_lock(&membarrier_ipi_mutex)")
                                                        .await(mutex.get().not());
                                                c.as("membarrier_ipi_mutex is locked")
                                                        .set(mutex.get(), 1);
                                            }));
                            cpus.forEach(cpu -> interrupt(c, what, cpu));
                            c.as("mutex_unlock(&membarrier_ipi_mutex)").set(mutex.get(), 0);
                            c.as("smp_mb() /* (c) */").mb();
                            c.atomically(() -> rseq.exitFromSyscall(c));
                            c.place(call.exit);
                        }));
    }

    private void interrupt(Code c, int what, Expr cpu) {
        Runnable send =
                () -> {
                    c.as("smp_call_function_single(cpu)").set(request.get(cpu), what);
                    takingInterrupts(c, () -> c.as("wait for it").await(request.get(cpu).not()));
                };
        Expr runsProcess = scheduler.runsProcess(c, cpu);
        if (runsProcess == null) {
            send.run();
        } else {
            c.as("if (p->mm == mm)").when(runsProcess, send);
        }
    }

    private void takingInterrupts(Code c, Runnable body) {
        c.withInterrupts(List.of(interrupt), body);
    }

    private void barrier(Code c, Flaw unless, String text) {
        if (!rseq.has(unless)) {
            c.as(text).mb();
        }
    }

    /** The interrupt: ipi_mb() or ipi_rseq(). */
    private void interrupted(Code c) {
        Expr asked = request.get(new Expr.Cpu());
        barrier(c, Flaw.NO_BARRIER_IN_INTERRUPT, "smp_mb()");
        c.atomically(() -> {
            if (c.task().number() < config.threads()) {
                interruptedThread(c, asked);
            }
            c.as("csd_unlock()").set(asked, NOTHING);
        });
    }

    private void interruptedThread(Code c, Expr asked) {
        Expr inKernel =
                Expr.any(
                        calls.getOrDefault(c.task(), List.of()).stream()
                                .map(call -> c.interruptedIn(call.entry, call.exit))
                                .toArray(Expr[]::new));
        Expr fromUser = c.let("user_mode", inKernel.not());
        c.when(fromUser, () -> rseq.interruptFromUser(c));
        c.as("if (ipi_rseq)").when(asked.eq(RESTART), () -> rseq.fence(c));
        c.when(fromUser, () -> rseq.exitToUser(c));
    }
}
