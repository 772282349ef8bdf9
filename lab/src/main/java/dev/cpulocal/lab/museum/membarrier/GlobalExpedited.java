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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** {@code membarrier(GLOBAL_EXPEDITED)}, and a process that registers for it. */
final class GlobalExpedited {

    /*
     * A thread on CPU 0 registers, goes on in user mode, and exits. A process on CPU 1 calls
     * membarrier(GLOBAL_EXPEDITED), which interrupts the CPUs that run a registered process. It
     * must not look into another process's mm to find out, for that can be freed meanwhile:
     * task_struct is freed by RCU, mm_struct is not. So each run queue has a copy of the state of
     * the mm that it runs, which is refreshed by whoever changes either: by registering, and by
     * each switch of the mm (B6).
     *
     * freed is what the memory allocator knows. Nobody else uses the mm, so the exit frees it.
     */

    /** What is different from today's code. */
    enum Change {
        /** The state is read from the mm of the task that a CPU runs. */
        READS_MM,
        /** The copy of the CPU that registers is not refreshed. */
        SKIPS_SELF,
        /** The same, but the thread is switched away and back in between. */
        SWITCHED_BETWEEN,
        /** A switch to the process does not refresh the copy. */
        NO_REFRESH_AT_SWITCH,
        /** It refreshes it after the barrier instead of before. */
        REFRESH_AFTER_BARRIER,
        /** No difference: I1 is not checked, so that its consequence shows. */
        OUTCOME_ONLY
    }

    static final String SENT = "the IPI is sent";
    static final String SKIPPED = "the IPI is skipped";
    private static final long GLOBAL_EXPEDITED = 1;
    private static final long READY = 2;
    private static final long MM = 1;
    private static final long NULL = 0;
    private static final int WINDOW = 20;

    private final Set<Change> changes;
    private final Never never;
    private final Accesses accesses;
    private final Variable curr;
    private final Variable mm;
    private final Variable copy;
    private final Variable state;
    private final Variable freed;
    private final Variable user;
    private final Ipi ipi;

    private GlobalExpedited(Model.Builder m, Set<Change> changes, Never never) {
        this.changes = changes;
        this.never = never;
        Model.Task thread = m.task("thread", 0);
        Model.Task caller = m.task("caller", 1);
        curr = m.shared("rq->curr", thread.number());
        mm = m.shareds("mm", List.of(MM, NULL));
        copy = m.shared("rq->membarrier_state", 0);
        state = m.shared("mm->membarrier_state", 0);
        accesses = new Accesses(m);
        freed = m.hardware("freed", 0);
        user = m.ghost("registered, in user mode", 0);
        ipi = new Ipi(m, "ipi_mb", 2, Code::mb);
        m.window(WINDOW);
        thread.runs(this::thread);
        caller.runs(this::caller);
        accesses.expect(m, Pattern.FLAGS, Expr.of(1));
        if (!has(Change.OUTCOME_ONLY)) {
            m.always(
                    "I1: ready, and in user mode: the CPU has the flag in rq->membarrier_state",
                    user.get().not().or(copy.get().and(GLOBAL_EXPEDITED)));
        }
    }

    /** {@return a variant of which nothing is expected yet} */
    static Variant variant(String id, String name, String text, Change... changes) {
        return Variant.of(name, text, model(id + " " + name, Never.NOTHING, changes));
    }

    /** {@return the variant that shows that today's code takes a step} */
    static Variant reached(String id, String step) {
        String name = Exhibit.REACHED + step;
        Model model = model(id + " " + name, new Never(step));
        return Variant.of(name, "Today's code, said never to do this.", model)
                .violated(MemoryModel.values());
    }

    private static Model model(String name, Never never, Change... changes) {
        Set<Change> all = EnumSet.noneOf(Change.class);
        all.addAll(List.of(changes));
        return Model.build(name, m -> new GlobalExpedited(m, all, never));
    }

    private boolean has(Change change) {
        return changes.contains(change);
    }

    /* ------------------------- The process that registers ------------------------- */

    private void thread(Code c) {
        c.call("membarrier_register_global_expedited", () -> register(c));
        var away = c.as("another process runs in between or not").choose("away", 2);
        c.as("if (it does)").when(away, () -> switchedAwayAndBack(c));
        c.as("back in user mode").set(user.get(), 1);
        accesses.reader(c, Pattern.FLAGS);
        c.as("exit()").set(user.get(), 0);
        exit(c);
    }

    private void register(Code c) {
        c.as("atomic_or(GLOBAL_EXPEDITED, &mm->membarrier_state)");
        c.fetchAdd(state, GLOBAL_EXPEDITED);
        c.call(
                "sync_runqueues_membarrier_state",
                () -> {
                    if (has(Change.SWITCHED_BETWEEN)) {
                        switchedAwayAndBack(c);
                    }
                    if (!has(Change.SKIPS_SELF)) {
                        c.call("ipi_sync_rq_state", () -> c.withoutInterrupts(() -> refresh(c)));
                    }
                });
        c.as("atomic_or(GLOBAL_EXPEDITED_READY, &mm->membarrier_state)");
        c.fetchAdd(state, READY);
    }

    /** A process that has not registered runs on CPU 0, and then the thread again. */
    private void switchedAwayAndBack(Code c) {
        c.call(
                "membarrier_switch_mm",
                () ->
                        c.withoutInterrupts(() -> {
                            c.as("rq->membarrier_state = 0 /* another process */").store(copy, 0);
                            c.as("smp_mb() /* switch_mm(), and __schedule() again */").mb();
                            if (has(Change.REFRESH_AFTER_BARRIER)) {
                                barrier(c);
                                copyState(c);
                            } else if (has(Change.NO_REFRESH_AT_SWITCH)) {
                                barrier(c);
                            } else {
                                refresh(c);
                            }
                        }));
    }

    private void refresh(Code c) {
        copyState(c);
        barrier(c);
    }

    private void copyState(Code c) {
        var now = c.as("atomic_read(&mm->membarrier_state)").load(state);
        c.as("rq->membarrier_state = that").store(copy, now);
    }

    private static void barrier(Code c) {
        c.as("smp_mb()").mb();
    }

    private void exit(Code c) {
        c.call(
                "exit_mm",
                () ->
                        c.withoutInterrupts(() -> {
                            c.as("smp_mb__after_spinlock()").mb();
                            c.as("current->mm = NULL").store(mm, NULL);
                            c.as("membarrier_update_current_mm(NULL)").store(copy, 0);
                        }));
        c.call(
                "mmput",
                () -> {
                    c.as("atomic_dec_and_test()").mb();
                    c.as("kmem_cache_free(mm_cachep, mm)").set(freed.get(), 1);
                });
    }

    /* ------------------------- membarrier() ------------------------- */

    private void caller(Code c) {
        accesses.before(c, Pattern.FLAGS);
        c.call(
                "membarrier_global_expedited",
                () -> {
                    c.as("smp_mb() /* system call entry is not a mb */").mb();
                    if (has(Change.READS_MM)) {
                        lookAtMm(c);
                    } else {
                        lookAtCopy(c);
                    }
                    c.as("smp_mb() /* exit from system call is not a mb */").mb();
                });
        accesses.after(c, Pattern.FLAGS);
    }

    private void lookAtCopy(Code c) {
        var itsState = c.as("READ_ONCE(cpu_rq(0)->membarrier_state)").load(copy);
        unlessZero(
                c,
                itsState.and(GLOBAL_EXPEDITED),
                "if (GLOBAL_EXPEDITED)",
                yes -> unlessZero(yes, itsMm(yes), "if (p->mm)", this::interrupt));
    }

    private void lookAtMm(Code c) {
        unlessZero(
                c,
                itsMm(c),
                "if (p->mm)",
                yes -> {
                    yes.as("dereference p->mm")
                            .check("I3: no mm is read that is freed", freed.get().not());
                    var itsState = yes.as("atomic_read(&p->mm->membarrier_state)").load(state);
                    unlessZero(
                            yes,
                            itsState.and(GLOBAL_EXPEDITED),
                            "if (GLOBAL_EXPEDITED)",
                            this::interrupt);
                });
    }

    private Expr itsMm(Code c) {
        var p = c.as("p = rcu_dereference(cpu_rq(0)->curr)").load(curr);
        return c.as("p->mm").load(mm, p);
    }

    private void unlessZero(Code c, Expr value, String text, Consumer<Code> then) {
        c.as(text).when(value, () -> then.accept(c), () -> never.here(c, SKIPPED));
    }

    private void interrupt(Code c) {
        never.here(c, SENT);
        ipi.callAndWait(c, 0);
    }
}
