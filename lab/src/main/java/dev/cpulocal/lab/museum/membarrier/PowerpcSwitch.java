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
import dev.cpulocal.lab.museum.membarrier.Kernel.Flavour;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The barriers on the way from another process to a thread, on powerpc. */
public final class PowerpcSwitch {

    /*
     * CPU 1 runs another process, and goes on to the thread directly, or by a kernel thread, which
     * has the other process's mm lazily. The thread's process has registered. Whether its mm was on
     * this CPU before is any of the two: the first time, switch_mm() sets the CPU's bit in
     * mm_cpumask, and has a barrier for that.
     */

    /** What is different from today's code. */
    public enum Change {
        /** switch_mm() has no barrier if the task before is a kernel thread. */
        SKIPS_AFTER_KTHREAD,
        /** Kernel threads hold no reference to the mm, and nothing is in the place of mmdrop(). */
        NO_MMDROP,
        /** No barrier after the CPU's bit is set. */
        NO_BARRIER_FOR_CPUMASK,
        /** No barrier in membarrier_arch_switch_mm(). */
        NO_ARCH_BARRIER
    }

    /** Steps that a model may say are never taken. */
    public static final String FIRST_TIME = "the mm is new on the CPU";

    /** The same. */
    public static final String AGAIN = "membarrier_arch_switch_mm() is called";

    /** The same. */
    public static final String AFTER_KTHREAD = "the thread follows a kernel thread";

    private static final int WINDOW = 20;

    private final Set<Change> changes;
    private final Never never;
    private final Sched sched;
    private final Accesses accesses;
    private final Expedited membarrier;
    private final Model.Task reader;
    private final Model.Task kthread;
    private final Variable prevMm;

    private PowerpcSwitch(Model.Builder m, Set<Change> changes, Never never) {
        this.changes = changes;
        this.never = never;
        Kernel kernel = Kernel.of(Flavour.SWITCH_MM);
        if (changes.contains(Change.NO_MMDROP)) {
            kernel = kernel.without(Barrier.MMDROP);
        }
        Model.Task writer = m.task("writer", 0);
        Model.Task other = m.background("other", 1);
        reader = m.waitingTask("reader");
        kthread = m.waitingBackground("kthread");
        List<Long> mms = List.of(Sched.MM, Sched.OTHER_MM, Sched.MM, Sched.NULL);
        sched = new Sched(m, kernel, other, mms);
        accesses = new Accesses(m);
        prevMm = m.hardware("rq->prev_mm", 0);
        membarrier = new Expedited(m, kernel, Never.NOTHING);
        m.window(WINDOW);
        writer.runs(this::writer);
        other.runs(this::other);
        kthread.runs(this::kthread);
        reader.runs(this::reader);
        accesses.expect(m, Pattern.FLAGS, Expr.of(1));
    }

    /** {@return a variant of which nothing is expected yet} */
    public static Variant variant(String id, String name, String text, Change... changes) {
        return Variant.of(name, text, model(id + " " + name, Never.NOTHING, changes));
    }

    /** {@return the variant that shows that today's code takes a step} */
    public static Variant reached(String id, String step) {
        String name = Exhibit.REACHED + step;
        Model model = model(id + " " + name, new Never(step));
        return Variant.of(name, "Today's code, said never to do this.", model)
                .violated(MemoryModel.values());
    }

    private static Model model(String name, Never never, Change... changes) {
        Set<Change> all = EnumSet.noneOf(Change.class);
        all.addAll(List.of(changes));
        return Model.build(name, m -> new PowerpcSwitch(m, all, never));
    }

    private void writer(Code c) {
        accesses.before(c, Pattern.FLAGS);
        membarrier.call(c, (then, otherwise) -> sched.ifRunsProcess(c, then, otherwise));
        accesses.after(c, Pattern.FLAGS);
    }

    private void other(Code c) {
        var direct = c.as("next is the thread or kthread").choose("direct", 2);
        c.as("if (the thread)")
                .when(
                        direct,
                        () -> sched.toProcess(c, reader, () -> switchMm(c, false)),
                        () -> sched.toKthread(c, kthread));
    }

    private void kthread(Code c) {
        Sched.work(c);
        c.as("rq->prev_mm = prev->active_mm").set(prevMm.get(), Sched.OTHER_MM);
        sched.toProcess(c, reader, () -> switchMm(c, true));
    }

    private void reader(Code c) {
        var prev = c.let("prev_mm", prevMm.get());
        c.as("if (rq->prev_mm)")
                .when(
                        prev,
                        () -> {
                            never.here(c, AFTER_KTHREAD);
                            sched.finishSwitchFromKthread(c);
                        });
        accesses.reader(c, Pattern.FLAGS);
    }

    private void switchMm(Code c, boolean fromKthread) {
        var isNew = c.as("!cpumask_test_cpu(cpu, mm_cpumask(next))").choose("new_on_cpu", 2);
        c.as("if (new_on_cpu)")
                .when(
                        isNew,
                        () -> {
                            never.here(c, FIRST_TIME);
                            barrierUnless(
                                    c,
                                    Change.NO_BARRIER_FOR_CPUMASK,
                                    "smp_mb() /* after the bit is set */");
                        },
                        () ->
                                c.call(
                                        "membarrier_arch_switch_mm",
                                        () -> {
                                            never.here(c, AGAIN);
                                            if (!fromKthread
                                                    || !changes.contains(
                                                            Change.SKIPS_AFTER_KTHREAD)) {
                                                barrierUnless(
                                                        c, Change.NO_ARCH_BARRIER, "smp_mb()");
                                            }
                                        }));
    }

    private void barrierUnless(Code c, Change change, String text) {
        if (!changes.contains(change)) {
            c.as(text).mb();
        }
    }
}
