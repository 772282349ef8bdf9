// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/** Registering for {@code PRIVATE_EXPEDITED}, on an architecture where switch_mm() asks for it. */
final class Registration {

    /*
     * On powerpc and RISC-V, switch_mm() has the barrier after the store to rq->curr only for
     * processes that have registered. CPU 2 registers; CPU 0 writes and calls membarrier(), which
     * fails as long as the process is not ready; CPU 1 comes from another process. So a call that
     * succeeds must find no CPU that passed switch_mm() before the flag was visible and stored
     * rq->curr after membarrier() has looked.
     *
     * synchronize_rcu() is what it is made of in the expedited case: an interrupt, which waits as
     * long as the scheduler has interrupts off, and barriers.
     */

    /** What is different from today's code. */
    enum Change {
        /** Nothing. */
        NOTHING,
        /** The process is ready at once, without synchronize_rcu(). */
        READY_AT_ONCE,
        /** It is ready before the others know. */
        READY_FIRST,
        /** The same as the first, decided by the number of threads in the thread group. */
        COUNTS_THREADS,
        /** A flag in each thread of the thread group, instead of one in the mm. */
        THREAD_FLAGS
    }

    static final String SUCCEEDS = "membarrier() succeeds";
    static final String SKIPPED = "the IPI is skipped";
    private static final long PRIVATE_EXPEDITED = 1;
    private static final long READY = 2;
    private static final int WINDOW = 20;

    private final Change change;
    private final Never never;
    private final Accesses accesses;
    private final Sched sched;
    private final Expedited membarrier;
    private final Ipi rcu;
    private final Model.Task reader;
    private final Variable state;
    private final Variable flag;

    private Registration(Model.Builder m, Change change, Never never) {
        this.change = change;
        this.never = never;
        Model.Task writer = m.task("writer", 0);
        Model.Task other = m.background("other", 1);
        Model.Task registrar = m.task("registrar", 2);
        reader = m.waitingTask("reader");
        sched =
                new Sched(
                        m,
                        Kernel.TODAY,
                        other,
                        List.of(Sched.MM, Sched.OTHER_MM, Sched.MM, Sched.MM));
        state = m.shared("mm->membarrier_state", 0);
        flag = m.shareds("TIF_MEMBARRIER_PRIVATE_EXPEDITED", 4, 0);
        accesses = new Accesses(m);
        membarrier = new Expedited(m, Kernel.TODAY, never, 3);
        rcu = new Ipi(m, "rcu_exp_handler", 3, Code::mb);
        m.window(WINDOW);
        writer.runs(this::writer);
        registrar.runs(c -> c.call("membarrier_register", () -> register(c)));
        other.runs(c -> {
            Sched.work(c);
            sched.toProcess(c, reader, () -> switchMm(c));
        });
        reader.runs(c -> accesses.reader(c, Pattern.FLAGS));
        accesses.expect(m, Pattern.FLAGS, Expr.of(1));
    }

    /** {@return a variant of which nothing is expected yet} */
    static Variant variant(String id, String name, String text, Change change) {
        return Variant.of(name, text, model(id + " " + name, change, Never.NOTHING));
    }

    /** {@return the variant that shows that today's code takes a step} */
    static Variant reached(String id, String step) {
        String name = Exhibit.REACHED + step;
        Model model = model(id + " " + name, Change.NOTHING, new Never(step));
        return Variant.of(name, "Today's code, said never to do this.", model)
                .violated(MemoryModel.values());
    }

    private static Model model(String name, Change change, Never never) {
        return Model.build(name, m -> new Registration(m, change, never));
    }

    private void writer(Code c) {
        accesses.before(c, Pattern.FLAGS);
        var now = c.as("atomic_read(&mm->membarrier_state)").load(state);
        c.as("if (it is ready)")
                .when(
                        now.and(READY),
                        () -> {
                            never.here(c, SUCCEEDS);
                            membarrier.call(
                                    c,
                                    (then, otherwise) -> sched.ifRunsProcess(c, then, otherwise));
                            accesses.after(c, Pattern.FLAGS);
                        });
    }

    private void register(Code c) {
        switch (change) {
            case READY_FIRST -> {
                set(c, READY);
                set(c, PRIVATE_EXPEDITED);
                synchronizeRcu(c);
            }
            case READY_AT_ONCE -> {
                set(c, PRIVATE_EXPEDITED);
                set(c, READY);
            }
            case COUNTS_THREADS -> {
                set(c, PRIVATE_EXPEDITED);
                var threads = c.as("get_nr_threads(p)").let("threads", Expr.of(1));
                c.as("if (threads != 1)").when(threads.ne(1), () -> synchronizeRcu(c));
                set(c, READY);
            }
            case THREAD_FLAGS -> {
                c.as("for_each_thread(p, t): set TIF_MEMBARRIER_PRIVATE_EXPEDITED")
                        .store(flag, c.task().id(), Expr.of(1));
                synchronizeRcu(c);
                set(c, READY);
            }
            case NOTHING -> {
                set(c, PRIVATE_EXPEDITED);
                synchronizeRcu(c);
                set(c, READY);
            }
        }
    }

    private void set(Code c, long bit) {
        String name = bit == READY ? "PRIVATE_EXPEDITED_READY" : "PRIVATE_EXPEDITED";
        c.as("atomic_or(" + name + ", &mm->membarrier_state)");
        c.fetchAdd(state, bit);
    }

    private void synchronizeRcu(Code c) {
        c.call(
                "synchronize_rcu",
                () -> {
                    c.mb();
                    rcu.callAndWait(c, 1);
                    c.mb();
                });
    }

    private void switchMm(Code c) {
        c.call(
                "membarrier_arch_switch_mm",
                () -> {
                    var isRegistered =
                            change == Change.THREAD_FLAGS
                                    ? c.as("test_ti_thread_flag(next)").load(flag, reader.id())
                                    : c.as("atomic_read(&next->membarrier_state)").load(state);
                    c.as("if (it has registered)")
                            .when(isRegistered.and(PRIVATE_EXPEDITED), () -> c.as("smp_mb()").mb());
                });
    }
}
