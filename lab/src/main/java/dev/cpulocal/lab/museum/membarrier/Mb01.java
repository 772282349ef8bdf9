// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.membarrier.Kernel.Flavour;
import java.util.List;

/** MB-01: membarrier(), and a thread that a kernel thread had interrupted. */
final class Mb01 {

    private static final String THREAD =
            "RFC PATCH 4/7, x86: use exit_lazy_tlb rather than"
                    + " membarrier_mm_sync_core_before_usermode, linuxppc-dev";

    static Exhibit exhibit() {
        return Exhibit.of(
                        "MB-01",
                        "No full barrier after rq->curr goes back to a thread of the same mm",
                        Area.MEMBARRIER)
                .kernels("none: mainline always had the barrier")
                .bounds("one call of membarrier(), one switch to a kernel thread and back")
                .story(
                        """
                        membarrier() skips the interrupt of a CPU that is seen to run a kernel \
                        thread. When that CPU returns to a thread of the same process, its mm is \
                        still loaded, switch_mm() does nothing, and the only full barrier between \
                        the store to rq->curr and the thread's next access is the one in mmdrop(), \
                        which drops the kernel thread's reference to the mm. Without it, that \
                        access can be performed before the store is visible: membarrier() sees the \
                        kernel thread, and the thread misses what was written before membarrier().\
                        """)
                .history(
                        "Nicholas Piggin",
                        "16 July 2020",
                        THREAD,
                        "The interleaving, when patches were to drop the reference, and mmdrop()"
                                + " with it.")
                .said(
                        "Mathieu Desnoyers",
                        "16 July 2020",
                        THREAD,
                        "maybe we have been overly cautious by requiring memory barriers before"
                                + " and after store to rq->curr")
                .settled(
                        Outcome.REFUTED,
                        "no barrier after",
                        "Without the barrier after the store, the reader misses the new pointer"
                                + " and the writer misses the reader, from x86-TSO on.")
                .said(
                        "Alan Stern",
                        "17 July 2020",
                        THREAD,
                        "I agree with Nick: A memory barrier is needed somewhere between the"
                                + " assignment at 6 and the return to user mode at 8. Otherwise"
                                + " you end up with the Store Buffer pattern having a memory"
                                + " barrier on only one side")
                .settled(
                        Outcome.CONFIRMED,
                        "fixed",
                        "With the barrier every memory model holds; without it, only SC does.")
                .said("Mathieu Desnoyers", "17 July 2020", THREAD, "Yes, I see this now.")
                .derived(
                        "What the barrier before the store does guarantee is in the variant"
                                + " \"claim, first half\": what the thread did before the kernel"
                                + " thread ran.")
                .reference(fixed(Kernel.TODAY, "fixed", "Today's code, with mmdrop()."))
                .variant(
                        fixed(
                                Kernel.of(Flavour.UNCOUNTED),
                                "fixed, uncounted",
                                "Today's code where kernel threads hold no reference to the mm:"
                                        + " smp_mb() in place of mmdrop()."))
                .variant(fixedMessage())
                .variant(noBarrierAfter())
                .variant(noBarrierBefore())
                .variant(claim())
                .variant(reached(Expedited.SKIPPED))
                .variant(reached(Expedited.SENT))
                .build();
    }

    private static Variant fixed(Kernel kernel, String name, String text) {
        return Variant.of(name, text, flags(name, kernel, Never.NOTHING))
                .holds(SC, TSO, PSO, ARMV8, RISCV);
    }

    private static Variant fixedMessage() {
        String name = "fixed, before";
        return Variant.of(
                        name,
                        "Today's code, and what the thread did before the kernel thread ran.",
                        message(name, Kernel.TODAY))
                .holds(SC, TSO, PSO, ARMV8, RISCV);
    }

    private static Variant noBarrierAfter() {
        String name = "no barrier after";
        return Variant.of(
                        name,
                        "mmdrop() is gone, and nothing in its place: the store buffer pattern.",
                        flags(name, Kernel.TODAY.without(Barrier.MMDROP), Never.NOTHING))
                .holds(SC)
                .violated(TSO, PSO, ARMV8, RISCV);
    }

    private static Variant noBarrierBefore() {
        String name = "no barrier before";
        return Variant.of(
                        name,
                        "smp_mb__after_spinlock() in __schedule() is gone: a CPU that keeps stores"
                                + " in order does not need it for this.",
                        message(name, Kernel.TODAY.without(Barrier.BEFORE_CURR)))
                .holds(SC, TSO)
                .violated(PSO, ARMV8, RISCV);
    }

    private static Variant claim() {
        String name = "claim, first half";
        return Variant.of(
                        name,
                        "The barrier before the store is enough for what the thread did before the"
                                + " kernel thread ran.",
                        message(name, Kernel.TODAY.without(Barrier.MMDROP)))
                .holds(SC, TSO, PSO, ARMV8, RISCV);
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        flags(name, Kernel.TODAY, new Never(step)))
                .violated(SC, TSO, PSO, ARMV8, RISCV);
    }

    /* ------------------------- The model ------------------------- */

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 20;

    private final Sched sched;
    private final Expedited membarrier;
    private final Model.Task writer;
    private final Model.Task reader;
    private final Model.Task kthread;

    /** Two threads of one process, and a kernel thread that waits on the second one's CPU. */
    private Mb01(Model.Builder m, Kernel kernel, Never never) {
        writer = m.task("writer", 0);
        reader = m.task("reader", 1);
        kthread = m.waitingBackground("kthread");
        sched = new Sched(m, kernel, reader, List.of(Sched.MM, Sched.MM, Sched.NULL));
        m.window(WINDOW);
        membarrier = new Expedited(m, kernel, never);
        kthread.runs(c -> sched.toThread(c, reader));
    }

    private void membarrier(Code c) {
        membarrier.call(c, (then, otherwise) -> sched.ifRunsProcess(c, then, otherwise));
    }

    private void scheduleAndReturn(Code c) {
        sched.toKthread(c, kthread);
        sched.finishSwitchFromKthread(c);
    }

    /** Each sets a flag and looks at the other's, with membarrier() on one side only. */
    static Model flags(String name, Kernel kernel, Never never) {
        return Model.build("MB-01 " + name, m -> new Mb01(m, kernel, never).flags(m));
    }

    private void flags(Model.Builder m) {
        var pointer = m.shared("pointer", 0);
        var flag = m.shared("reader", 0);
        var readerSees = m.ghost("reader sees", 0);
        var writerSees = m.ghost("writer sees", 0);
        writer.runs(c -> {
            c.as("pointer = new").store(pointer, 1);
            membarrier(c);
            c.set(writerSees.get(), c.as("r = reader").load(flag));
        });
        reader.runs(c -> {
            scheduleAndReturn(c);
            c.as("reader = 1 /* rcu_read_lock() */").store(flag, 1);
            c.set(readerSees.get(), c.as("p = rcu_dereference(pointer)").load(pointer));
        });
        m.atEnd(
                "the reader sees the new pointer, or the writer sees the reader",
                readerSees.get().or(writerSees.get()));
    }

    /** One writes twice; the other sees the second, and with membarrier() the first. */
    static Model message(String name, Kernel kernel) {
        return Model.build("MB-01 " + name, m -> new Mb01(m, kernel, Never.NOTHING).message(m));
    }

    private void message(Model.Builder m) {
        var data = m.shared("data", 0);
        var ready = m.shared("ready", 0);
        var seesReady = m.ghost("sees ready", 0);
        var seesData = m.ghost("sees data", 0);
        writer.runs(c -> {
            var seen = c.load(ready);
            membarrier(c);
            c.set(seesData.get(), c.load(data));
            c.set(seesReady.get(), seen);
        });
        reader.runs(c -> {
            c.store(data, 1);
            c.store(ready, 1);
            scheduleAndReturn(c);
        });
        m.atEnd(
                "who sees that the data is ready sees it behind membarrier()",
                seesReady.get().not().or(seesData.get()));
    }
}
