// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which thread runs where: what {@code schedule()} and {@code switch_to()} do. */
final class Scheduling {

    /*
     * schedule(), schedule(n)      what __schedule() does, with interrupts off:
     *
     *     smp_mb()                     smp_mb__after_spinlock(), after rq->lock is taken
     *     next = pick_next_task()      and it is taken off the queue
     *     if (next != prev) {
     *         rq->curr = next
     *         smp_mb()                 that of switch_mm(), switch_to() or finish_task_switch()
     *         switch_to(next)          prev is on the queue from here on
     *     }
     *
     * switch_to(n)                 the same without both barriers
     *
     * The next one is any that waits, or n, if it waits; else the thread goes on. rq->curr is memory,
     * which matters to membarrier() alone, and only where there are threads of several processes;
     * elsewhere it is left out. The queue is one for all CPUs, and no memory: rq->lock would order
     * what it guards. The barrier after the store is before the switch, not after it, so that it is
     * there whatever the next thread was doing when it left its CPU.
     *
     * A thread that ends gives its CPU to any that waits, as schedule() does; if none does, the CPU is
     * idle and goes on taking interrupts.
     */

    private final Placement placement;
    private final Expr.Variable waits;
    private Expr.@Nullable Variable curr;

    /**
     * The queue.
     *
     * @param placement where threads are at first
     * @param first the number of its first element among all hardware state
     */
    Scheduling(Placement placement, int first) {
        this.placement = placement;
        List<Long> waiting =
                IntStream.range(0, placement.threads())
                        .mapToObj(thread -> placement.waits(thread) ? 1L : 0L)
                        .toList();
        this.waits = new Expr.Variable("waits", first, waiting, false);
    }

    /** {@return the queue} */
    Expr.Variable waits() {
        return waits;
    }

    /** Makes {@code rq->curr} of a place in memory. */
    Expr.Variable placeCurr(int location) {
        List<Long> running = placement.running().stream().map(Integer::longValue).toList();
        Expr.Variable placed = new Expr.Variable("rq->curr", location, running, true);
        curr = placed;
        return placed;
    }

    /** {@return whether a CPU is seen to run a thread of a process; null if all are of one} */
    @Nullable Expr runs(int process, int cpu, Steps steps) {
        if (curr == null) {
            return null;
        }
        Expr.Local seen = steps.temporary();
        Address place = new Address.Direct(curr.first() + cpu);
        steps.emit(
                "p = cpu_rq(" + cpu + ")->curr",
                new Instruction.Load(seen, place, Order.PLAIN, false));
        return Expr.any(
                IntStream.range(0, placement.threads())
                        .filter(thread -> placement.processes().get(thread) == process)
                        .mapToObj(thread -> seen.eq(thread))
                        .toArray(Expr[]::new));
    }

    /** {@code schedule()}. */
    void schedule(int thread, Steps steps) {
        call("__schedule", steps, () -> goOn(thread, true, true, this::waitsOrIs, steps));
    }

    /** {@code schedule(n)}. */
    void schedule(int target, int thread, Steps steps) {
        call("__schedule", steps, () -> goOn(thread, true, true, only(target), steps));
    }

    /** {@code switch_to(n)}. */
    void switchTo(int target, int thread, Steps steps) {
        call("switch_to", steps, () -> goOn(thread, false, true, only(target), steps));
    }

    /** What a thread does at its end. */
    void exit(int thread, Steps steps) {
        call("do_exit", steps, () -> goOn(thread, true, false, this::waitsOrIsLast, steps));
    }

    private static void call(String function, Steps steps, Runnable body) {
        steps.call(function, () -> steps.withoutInterrupts(body));
    }

    /** Whether the first thread can run where the second one ran. */
    private interface Eligible extends BinaryOperator<Expr> {}

    private Expr waitsOrIs(Expr next, Expr thread) {
        return waits.get(next).or(next.eq(thread));
    }

    private Expr waitsOrIsLast(Expr next, Expr thread) {
        Expr any =
                Expr.any(
                        IntStream.range(0, placement.threads())
                                .mapToObj(waits::get)
                                .toArray(Expr[]::new));
        return waits.get(next).or(next.eq(thread).and(any.not()));
    }

    private Eligible only(int target) {
        Expr there = waits.get(target).isTrue();
        return (next, thread) -> next.eq(target).and(there).or(next.eq(thread).and(there.not()));
    }

    private void goOn(
            int thread, boolean barriers, boolean comesBack, Eligible eligible, Steps steps) {
        if (barriers) {
            steps.fullBarrier();
        }
        Expr.Local next = steps.temporary();
        steps.atomically(() -> pick(next, eligible.apply(next, Expr.of(thread)), steps));
        steps.when(
                next.ne(thread),
                () -> {
                    storeCurr(next, steps);
                    if (barriers) {
                        steps.fullBarrier();
                    }
                    steps.atomically(() -> leave(next, thread, comesBack, steps));
                });
    }

    private void pick(Expr.Local next, Expr eligible, Steps steps) {
        steps.emit(
                "next = pick_next_task()",
                new Instruction.Choose(next, placement.threads(), eligible));
        steps.emit(
                "next is not on the queue", new Instruction.SetHardware(waiting(next), Expr.of(0)));
    }

    private void storeCurr(Expr.Local next, Steps steps) {
        if (curr != null) {
            Expr.Local cpu = steps.let("rq = this_rq()", new Expr.Cpu());
            steps.emit(
                    "rq->curr = next",
                    new Instruction.Store(new Address.Element(curr, cpu), next, Order.PLAIN, null));
        }
    }

    private void leave(Expr.Local next, int thread, boolean comesBack, Steps steps) {
        if (comesBack) {
            steps.emit(
                    "prev is on the queue",
                    new Instruction.SetHardware(waiting(Expr.of(thread)), Expr.of(1)));
        }
        steps.emit("switch_to(prev, next)", new Instruction.Switch(next));
    }

    private Expr.Hardware waiting(Expr thread) {
        return new Expr.Hardware(waits, thread);
    }
}
