// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Restartable sequences: the area that each thread shares with the kernel, and the kernel's part.
 */
public abstract sealed class Rseq permits ClassicRseq, GenericEntryRseq {

    /*
     * struct rseq is hardware state here, not memory. Only its thread and the kernel on the thread's
     * behalf access it, always on the CPU that runs the thread; a CPU sees its own accesses in
     * program order, and a switch between CPUs has full barriers. So nobody can see its accesses
     * reordered, and performing them at once leaves out nothing.
     *
     * Descriptors are constants of the program: rseq_cs holds the number of a section of the thread,
     * or 0. The signature is right and faults do not happen, so no thread is killed.
     *
     * What the kernel does here is done with interrupts disabled, on state that belongs to one task:
     * callers make it one step. So each method can be part of one, and ends without a branch to
     * whatever comes after it.
     */

    private static final int UNINITIALIZED = -1;

    private final Variable cpuId;
    private final Variable rseqCs;
    private final Variable hasRseq;
    private final Kernel.Config config;
    private final Map<Model.Task, List<Section>> sections = new HashMap<>();

    Rseq(Model.Builder m, Kernel.Config config) {
        this.config = config;
        List<Long> ids = new ArrayList<>();
        List<Long> registered = new ArrayList<>();
        for (long task = 0; task < config.tasks(); task++) {
            boolean thread = task < config.threads() && config.registered();
            registered.add(thread ? 1L : 0L);
            ids.add(thread && task < config.cpus() ? task : UNINITIALIZED);
        }
        cpuId = m.hardwares("rseq->cpu_id", ids);
        rseqCs = m.hardwares("rseq->rseq_cs", config.tasks(), 0);
        hasRseq = m.hardwares("has_rseq", registered);
    }

    static Rseq of(Model.Builder m, Kernel.Config config) {
        return switch (config.version()) {
            case CLASSIC -> new ClassicRseq(m, config);
            case GENERIC_ENTRY -> new GenericEntryRseq(m, config);
        };
    }

    /* ------------------------- User space ------------------------- */

    /** {@return {@code cpu_id} of the running thread: -1 if it is not registered} */
    public Expr cpuId(Code c) {
        return cpuId.get(c.task().id());
    }

    /** {@return {@code cpu_id_start} of the running thread: 0 if it is not registered} */
    public Expr cpuIdStart(Code c) {
        return cpuId(c).with(Operator.MAX, Expr.of(0));
    }

    /**
     * {@return a new critical section of the thread; its labels are to be placed}
     *
     * @param name what it is called
     */
    public Section section(Code c, String name) {
        List<Section> all = sections(c);
        Section section =
                new Section(
                        all.size() + 1,
                        c.label(name + ".start"),
                        c.label(name + ".commit"),
                        c.label(name + ".abort"));
        all.add(section);
        return section;
    }

    /** Stores the descriptor of a section: what a thread does before its start. */
    public void enter(Code c, Section section) {
        c.as("rseq_cs = &descriptor").set(rseqCs(c), section.number());
    }

    /** {@code rseq(area, 32, 0, signature)}, called by a thread that is not registered. */
    public void register(Code c) {
        c.call(
                "rseq",
                () ->
                        c.disablingInterrupts(() ->
                                c.atomically(() -> {
                                    c.as("t->rseq = rseq").set(hasRseq(c.task().id()), 1);
                                    c.as("rseq->cpu_id = cpu").set(cpuId(c), new Expr.Cpu());
                                })));
    }

    /* ------------------------- The kernel's part ------------------------- */

    /** An interrupt came from user mode. */
    abstract void interruptFromUser(Code c);

    /** The running thread gives the CPU away. */
    abstract void scheduleOut(Code c);

    /** Another task is to run. */
    abstract void scheduleIn(Code c, Expr next);

    /** Restarts the section of the running thread on behalf of membarrier. */
    abstract void fence(Code c);

    /** A signal is about to be delivered, its frame not yet built. */
    abstract void deliverSignal(Code c);

    /** The last thing before user mode after an interrupt. */
    abstract void exitToUser(Code c);

    /** The last thing before user mode after a system call; those are made outside sections. */
    abstract void exitFromSyscall(Code c);

    /* ------------------------- Parts of it ------------------------- */

    final boolean has(Flaw flaw) {
        return config.flaws().contains(flaw);
    }

    final Expr hasRseq(Expr task) {
        return hasRseq.get(task);
    }

    final Expr rseqCs(Code c) {
        return rseqCs(c.task());
    }

    final Expr rseqCs(Model.Task task) {
        return rseqCs.get(task.id());
    }

    /** {@return whether a thread ran on another CPU before, or not at all} */
    final Expr moved(Expr task) {
        return hasRseq(task).and(cpuId.get(task).ne(new Expr.Cpu()));
    }

    /** {@return whether a section that is to be restarted will be} */
    final Expr restarts(Code c) {
        return has(Flaw.MIGRATION_IGNORED) ? moved(c.task().id()).not() : Expr.of(1);
    }

    final void writeIds(Code c) {
        Runnable write = () -> c.as("rseq->cpu_id = cpu").set(cpuId(c), new Expr.Cpu());
        if (has(Flaw.CPU_ID_STALE)) {
            c.when(cpuId(c).eq(UNINITIALIZED), write);
        } else {
            write.run();
        }
    }

    /** Goes to the abort handler if the interrupted place is in the section of rseq_cs. */
    final void updateUserCs(Code c) {
        for (Section section : sections(c)) {
            Expr inside =
                    has(Flaw.RANGE_UNTESTED)
                            ? Expr.of(1)
                            : c.interruptedIn(section.start(), section.end());
            c.as("if (ip - start_ip < post_commit_offset)")
                    .when(
                            rseqCs(c).eq(section.number()).and(inside),
                            () -> {
                                if (!has(Flaw.SECTION_FORGOTTEN)) {
                                    c.as("ip = abort_ip").returnTo(section.abort());
                                }
                            });
        }
        clearUserCs(c);
    }

    final void clearUserCs(Code c) {
        c.as("rseq->rseq_cs = NULL").set(rseqCs(c), 0);
    }

    private List<Section> sections(Code c) {
        return sections.computeIfAbsent(c.task(), _ -> new ArrayList<>());
    }
}
