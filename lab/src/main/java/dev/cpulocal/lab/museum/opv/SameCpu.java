// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** A section and a vector that increment one counter, on the same CPU. */
final class SameCpu {

    /*
     * The thread with the section runs first; the caller of cpu_opv() waits for the CPU. The timer
     * lets the caller run, and once it has ended the thread goes on, in its section or at its
     * abort_ip. What decides that is one line here; RS-03 has it in detail.
     */

    /** What is changed. */
    enum Change {
        /** Nothing. */
        NONE,
        /** The vector is executed with preemption enabled. */
        PREEMPTIBLE,
        /** A section that was preempted goes on. */
        NOT_RESTARTED
    }

    /** A step that a model may say is never taken. */
    static final String IN_SECTION = "the vector is executed in the middle of the section";

    private final Change change;
    private final Never never;
    private final Variable counter;
    private final Variable ended;
    private final Model.Task thread;
    private final Model.Task caller;
    private final Label start = new Label("start_ip");
    private final Label postCommit = new Label("post_commit_ip");
    private final Label abort = new Label("abort_ip");

    SameCpu(Model.Builder m, Change change, Never never) {
        this.change = change;
        this.never = never;
        counter = m.hardware("counter", 0);
        ended = m.hardware("ended", 0);
        thread = m.task("thread", 0);
        caller = m.waitingTask("caller");
        thread.runs(this::thread);
        caller.runs(this::caller);
        m.handler("timer", this::mayInterrupt, this::timer);
        m.atEnd("both increments count", counter.get().eq(2));
    }

    private Expr mayInterrupt(Model.Task task) {
        boolean preemptible = task == thread || change == Change.PREEMPTIBLE;
        return preemptible ? ended.get().not() : Expr.of(0);
    }

    private void thread(Code c) {
        c.place(abort);
        c.as("rseq->rseq_cs = &cs").await(Expr.of(1));
        c.place(start);
        var value = c.as("r = counter").let("r", counter.get());
        c.as("counter = r + 1 /* commit */").set(counter.get(), value.plus(1));
        c.place(postCommit);
        exit(c, caller);
    }

    private void caller(Code c) {
        c.call(
                "cpu_opv",
                () -> {
                    var value = c.as("r = counter").let("r", counter.get());
                    c.as("counter = r + 1").set(counter.get(), value.plus(1));
                });
        exit(c, thread);
    }

    /** Gives the CPU away for good; the last of both keeps it. */
    private void exit(Code c, Model.Task other) {
        c.withoutInterrupts(() -> {
            var last = c.as("is the other one gone").let("last", ended.get());
            c.as("exit").set(ended.get(), 1);
            c.as("if (it is not) schedule()").when(last.not(), () -> c.switchTo(other.id()));
        });
    }

    private void timer(Code c) {
        boolean ofThread = c.task() == thread;
        c.switchTo((ofThread ? caller : thread).id());
        if (ofThread) {
            var in = c.as("in_rseq_cs(ip)").let("in", c.interruptedIn(start, postCommit));
            c.as("if (it is)").when(in, () -> restart(c));
        }
    }

    private void restart(Code c) {
        never.here(c, IN_SECTION);
        if (change != Change.NOT_RESTARTED) {
            c.as("ip = abort_ip").returnTo(abort);
        }
    }
}
