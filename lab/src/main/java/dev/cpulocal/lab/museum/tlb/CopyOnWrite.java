// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.museum.tlb.TlbState.A;
import static dev.cpulocal.lab.museum.tlb.TlbState.CPU_1;
import static dev.cpulocal.lab.museum.tlb.TlbState.NEW;
import static dev.cpulocal.lab.museum.tlb.TlbState.OLD;
import static dev.cpulocal.lab.museum.tlb.TlbState.OTHER;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.Set;

/** A process with a thread on each CPU; one moves a page while the other comes back to its CPU. */
final class CopyOnWrite {

    /** What CPU 1 runs before the thread comes back. */
    enum Before {
        /** Another process. */
        OTHER_PROCESS,
        /** A kernel thread that has the mm of the process loaded. */
        LAZY,
        /** A kernel thread that has the mm of another process loaded. */
        LAZY_ON_OTHER;

        private long loaded() {
            return this == LAZY ? A : OTHER;
        }

        private boolean lazy() {
            return this != OTHER_PROCESS;
        }
    }

    private CopyOnWrite() {}

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Set<Change> changes, Before before, Never never) {
        return Model.build(name, m -> describe(m, changes, before, never));
    }

    private static void describe(Model.Builder m, Set<Change> changes, Before before, Never never) {
        var a = m.shareds("A", 2, 0);
        var b = m.shared("B", 0);
        var flushed = m.ghost("flushed", 0);
        var state = new TlbState(m, changes, before.loaded(), before.lazy(), never);
        var flusher = new FlushMm(m, state);
        var switcher = new SwitchMm(state);
        m.task("writer", 0)
                .runs(c -> {
                    c.as("set_pte(new page)").store(state.pte, NEW);
                    flusher.flushTlbMmRange(c, false);
                    c.as("return").set(flushed.get(), 1);
                    c.as("(*A)++").store(a, Expr.of(NEW - OLD), Expr.of(1));
                    c.as("(*B)++").store(b, 1);
                });
        var first = m.background(before.lazy() ? "kthread" : "other process", 1);
        var reader = m.waitingTask("reader");
        first.runs(c -> {
            c.as("works").await(Expr.of(1));
            c.withoutInterrupts(() -> {
                switcher.switchTo(c);
                c.switchTo(reader.id());
            });
        });
        reader.runs(c -> {
            var seenB = c.as("b = *B").load(b);
            var seenA = switcher.read(c, "a = *A", a);
            c.check("what is written first is seen first: A >= B", seenB.le(seenA));
        });
        invariants(m, state, reader, flushed.get());
    }

    private static void invariants(
            Model.Builder m, TlbState state, Model.Task reader, Expr flushed) {
        var runs = new Expr.Running(Expr.of(1)).eq(reader.id());
        var stale = state.tlb.get().eq(OLD);
        m.always(
                "T1: up to the generation that a CPU has recorded, it has flushed",
                Expr.all(runs, state.ctxTlbGen.get(), stale).not());
        m.always(
                "T2: behind flush_tlb_mm_range() nobody runs with an older generation",
                Expr.all(runs, flushed, stale).not());
        m.always(
                "T4: a CPU that runs a thread is in the mm_cpumask",
                runs.not().or(state.cpumask.get().and(CPU_1).isTrue()));
    }
}
