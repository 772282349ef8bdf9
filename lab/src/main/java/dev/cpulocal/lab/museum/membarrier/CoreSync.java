// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code membarrier(PRIVATE_EXPEDITED_SYNC_CORE)}: after it, no thread of the process runs code
 * from before a modification.
 */
public final class CoreSync {

    /*
     * A CPU may have fetched and decoded code ahead, and goes on to run that until it synchronises
     * its core: a serialising instruction on x86, a context synchronising event on Arm and Power.
     * What it has fetched is hardware state, old at first; synchronising fetches anew. That it may
     * do so by itself at any time is left out: old is the worst case.
     *
     * CPU 0 runs jit, which modifies the code and calls membarrier(), and afterwards makes way for
     * another thread. On CPU 1, thread 1 makes a system call in which it may be away for a kernel
     * thread, or for good for thread 2, which was in a system call all the time; and an interrupt
     * that comes to thread 1 may end in thread 2, too.
     *
     * What synchronises: on x86, IRET (the end of every interrupt) and sync_core(), not SYSRET;
     * they are full barriers too. On arm64 and powerpc, every return to user mode, and that is
     * none. Only switches of one mm are here; one that changes the mm writes CR3, which
     * synchronises.
     */

    /** Whose ways back to user mode. */
    public enum Arch {
        /** SYSRET is not serialising, IRET is. */
        X86,
        /** Every ERET is context synchronising. */
        ARM64,
        /** Every rfid is; and interrupts that come while soft-masked are handled later. */
        POWERPC
    }

    /** What is different from today's code. */
    public enum Change {
        /** The interrupt does no more than smp_mb(). */
        IPI_MB_ONLY,
        /** sync_core_before_usermode() does nothing in interrupts. */
        NOT_IN_IRQ,
        /** The CPU of the caller is skipped. */
        SKIPS_CALLER,
        /** No sync_core() where a thread follows a kernel thread with its mm. */
        NO_LAZY_SYNC,
        /** It is decided by the mm of the task before, which a kernel thread has not. */
        LAZY_BY_PREV,
        /** sync_core() at every switch. */
        ALWAYS_SYNC,
        /** What synchronises the core leaves stores in the buffer. */
        NO_DRAIN,
        /** Returns from system calls synchronise nothing. */
        FAST_RETURN,
        /** The CPUs stay with their threads. */
        NO_SWITCHES,
        /** The instruction cache is another one than for data, and nobody flushes it. */
        NO_FLUSH
    }

    /** Steps that a model may say are never taken. */
    public static final String SENT = "the IPI is sent";

    /** The same. */
    public static final String SKIPPED = "the IPI is skipped";

    /** The same. */
    public static final String RESCHEDULED = "another thread runs after the interrupt";

    /** The same. */
    public static final String REPLACED = "another thread runs on the caller's CPU";

    /** The same. */
    public static final String REPLAYED = "the interrupt is replayed";

    private static final long MM = 1;
    private static final int WINDOW = 12;

    private final Arch arch;
    private final Set<Change> changes;
    private final Never never;
    private final Model.Task thread1;
    private final Model.Task thread2;
    private final Model.Task thread3;
    private final Model.Task kthread;
    private final Variable curr;
    private final Variable mm;
    private final FetchedCode code;
    private final Variable ipi;
    private final Variable softMasked;
    private final Variable replay;

    private CoreSync(Model.Builder m, Arch arch, Set<Change> changes, Never never) {
        this.arch = arch;
        this.changes = changes;
        this.never = never;
        Model.Task jit = m.task("jit", 0);
        thread1 = m.background("thread 1", 1);
        thread2 = m.waitingBackground("thread 2");
        thread3 = m.waitingBackground("thread 3");
        kthread = m.waitingBackground("kthread");
        curr = m.shareds("rq->curr", List.of(0L, 1L));
        mm = m.shareds("mm", List.of(MM, MM, MM, MM, 0L));
        code = new FetchedCode(m, arch, changes);
        ipi = m.hardwares("ipi", 2, 0);
        softMasked = m.hardware("soft-masked", 0);
        replay = m.hardware("to be replayed", 0);
        jit.runs(this::jit);
        thread1.runs(this::thread1);
        thread2.runs(this::comesBack);
        thread3.runs(c -> {
            never.here(c, REPLACED);
            comesBack(c);
        });
        kthread.runs(c -> {
            Sched.work(c);
            switchTo(c, 1, thread1);
        });
        Expr pending = ipi.get(new Expr.Cpu()).and(replay.get().not());
        m.interrupt("ipi_sync_core", _ -> pending, this::interrupt);
        m.window(WINDOW);
    }

    /** {@return a variant of which nothing is expected yet} */
    public static Variant variant(
            String id, String name, String text, Arch arch, Change... changes) {
        return Variant.of(name, text, model(id + " " + name, arch, Never.NOTHING, changes));
    }

    /** {@return the variant that shows that today's code takes a step} */
    public static Variant reached(String id, Arch arch, String step, MemoryModel... models) {
        String name = Exhibit.REACHED + step;
        Model model = model(id + " " + name, arch, new Never(step));
        return Variant.of(name, "Today's code, said never to do this.", model).violated(models);
    }

    private static Model model(String name, Arch arch, Never never, Change... changes) {
        Set<Change> all = EnumSet.noneOf(Change.class);
        all.addAll(List.of(changes));
        return Model.build(name, m -> new CoreSync(m, arch, all, never));
    }

    private boolean has(Change change) {
        return changes.contains(change);
    }

    /* ------------------------- membarrier() ------------------------- */

    private void jit(Code c) {
        code.modify(c);
        c.call("membarrier_private_expedited", () -> membarrier(c));
        code.promise(c);
        if (!has(Change.NO_SWITCHES)) {
            switchTo(c, 0, thread3);
        }
    }

    private void membarrier(Code c) {
        c.as(Barrier.ENTRY.text()).mb();
        var p = c.as("p = rcu_dereference(cpu_rq(1)->curr)").load(curr, Expr.of(1));
        var itsMm = c.as("p->mm").load(mm, p);
        c.as("if (p->mm == mm)");
        c.when(itsMm.eq(MM), () -> sendIpi(c), () -> never.here(c, SKIPPED));
        if (!has(Change.SKIPS_CALLER)) {
            code.syncCore(c);
        }
        c.as(Barrier.EXIT.text()).mb();
    }

    private void sendIpi(Code c) {
        never.here(c, SENT);
        c.as("send IPI to CPU 1").set(ipi.get(1), 1);
        c.as("wait for it").await(ipi.get(1).not());
    }

    /* ------------------------- The interrupt ------------------------- */

    private void interrupt(Code c) {
        if (arch == Arch.POWERPC && c.task() == thread1) {
            var masked = c.let("masked", softMasked.get());
            c.as("if (soft-masked)")
                    .when(
                            masked,
                            () -> c.as("note that it is to be replayed").set(replay.get(), 1),
                            () -> handleAndReschedule(c));
        } else {
            handleAndReschedule(c);
        }
        code.returnFromInterrupt(c);
    }

    private void handleAndReschedule(Code c) {
        handle(c);
        if (c.task() == thread1 && !has(Change.NO_SWITCHES)) {
            var again = c.as("need_resched() or not").choose("again", 2);
            c.as("if (need_resched())").when(again, () -> reschedule(c));
        }
    }

    private void reschedule(Code c) {
        never.here(c, RESCHEDULED);
        switchTo(c, 1, thread2);
    }

    private void handle(Code c) {
        c.as("smp_mb()").mb();
        if (has(Change.NOT_IN_IRQ)) {
            code.nothing(c, "sync_core_before_usermode(): if (in_irq()) return");
        } else if (!has(Change.IPI_MB_ONLY)) {
            code.syncCore(c);
        }
        c.as("done").set(ipi.get(new Expr.Cpu()), 0);
    }

    /* ------------------------- Threads ------------------------- */

    private void thread1(Code c) {
        code.run(c);
        if (!has(Change.NO_SWITCHES)) {
            var away = c.as("wait in a system call or not").choose("away", 3);
            c.as("if (for thread 2)").when(away.eq(1), () -> switchTo(c, 1, thread2));
            c.as("if (for kthread)")
                    .when(
                            away.eq(2),
                            () -> {
                                switchTo(c, 1, kthread);
                                c.call("finish_task_switch", () -> finishSwitchFromKthread(c));
                            });
        }
        if (arch == Arch.POWERPC) {
            maskedSection(c);
        }
        code.returnFromSyscall(c);
        code.run(c);
    }

    private void maskedSection(Code c) {
        c.as("local_irq_disable()").set(softMasked.get(), 1);
        Sched.work(c);
        c.withoutInterrupts(() -> {
            c.as("local_irq_enable()").set(softMasked.get(), 0);
            var pending = c.let("pending", replay.get());
            c.as("if (irq_happened)").when(pending, () -> replay(c));
        });
    }

    private void replay(Code c) {
        never.here(c, REPLAYED);
        c.as("replayed").set(replay.get(), 0);
        handle(c);
    }

    /** A thread that was in a system call while others ran, and returns from it. */
    private void comesBack(Code c) {
        if (has(Change.ALWAYS_SYNC)) {
            code.syncCore(c);
        }
        code.returnFromSyscall(c);
        code.run(c);
    }

    private void switchTo(Code c, int cpu, Model.Task next) {
        c.call(
                "__schedule",
                () -> {
                    c.as(Barrier.BEFORE_CURR.text()).mb();
                    c.withoutInterrupts(() -> {
                        c.as("rq->curr = " + next).store(curr, Expr.of(cpu), next.id());
                        c.switchTo(next.id());
                    });
                });
    }

    private void finishSwitchFromKthread(Code c) {
        c.withoutInterrupts(() -> {
            if (has(Change.LAZY_BY_PREV)) {
                code.nothing(c, "if (current->mm == prev->mm): it is NULL");
            } else if (!has(Change.NO_LAZY_SYNC)) {
                code.syncCore(c);
            }
            c.as(Barrier.MMDROP.text()).mb();
        });
    }
}
