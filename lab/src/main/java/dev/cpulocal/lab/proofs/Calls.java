// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.kernel.Kernel;
import java.util.function.Consumer;

/** How the library runs sequences: by attempts, or from elsewhere while the range is stopped. */
final class Calls {

    /** What a call does that was aborted, or whose range is stopped. */
    enum After {
        /** It tries again, for ever. */
        RETRY,
        /** It tries again, or completes the operation from elsewhere: any of the two each time. */
        RETRY_OR_COMPLETE,
        /** It completes the operation from elsewhere at once. */
        COMPLETE
    }

    private final Setup setup;
    private final Kernel kernel;
    private final RangeMemory memory;
    private final Fences fences;
    private final Variable turns;
    private final boolean stops;

    Calls(
            Model.Builder m,
            Setup setup,
            Kernel kernel,
            RangeMemory memory,
            Fences fences,
            boolean stops) {
        this.stops = stops;
        this.setup = setup;
        this.kernel = kernel;
        this.memory = memory;
        this.fences = fences;
        this.turns = m.shareds("turn", setup.kernel().cpus(), 0);
    }

    boolean stops() {
        return stops;
    }

    Setup setup() {
        return setup;
    }

    Kernel kernel() {
        return kernel;
    }

    RangeMemory memory() {
        return memory;
    }

    Fences fences() {
        return fences;
    }

    /* ------------------------- On the current CPU ------------------------- */

    /** Calls a bound function. {@return what it answers} */
    Answer call(Code c, Arguments arguments, After after) {
        return call(c, arguments, after, answer -> completeHere(c, arguments, answer));
    }

    /** The same, with something else than the completion. */
    void callOr(Code c, Arguments arguments, Runnable otherwise) {
        call(c, arguments, After.RETRY_OR_COMPLETE, _ -> otherwise.run());
    }

    /** Calls a bound function that may complete the operation from elsewhere. */
    void complete(Code c, Arguments arguments) {
        call(c, arguments, After.RETRY_OR_COMPLETE);
    }

    private Answer call(Code c, Arguments arguments, After after, Consumer<Answer> complete) {
        Answer answer = new Answer(c.local("answer"), c.local("value"));
        c.call(
                arguments.sequence().name(),
                () -> {
                    Label again = c.label("again");
                    Label failed = c.label("failed");
                    Label stopped = c.label("stopped");
                    Label unregistered = c.label("unregistered");
                    Label done = c.label("done");
                    var ways = new Attempt.Ways(again, failed, stopped, unregistered, done);
                    new Attempt(c, this, arguments, answer, ways).add();
                    c.place(unregistered);
                    register(c, again);
                    c.place(stopped);
                    setup.step(c, "a range is found stopped");
                    c.place(failed);
                    switch (after) {
                        case RETRY -> c.as("try again").jump(again);
                        case RETRY_OR_COMPLETE -> {
                            Local tired = c.as("try again, or not").choose("tired", 2);
                            c.as("if (tries are left)").jumpIf(tired.not(), again);
                            complete.accept(answer);
                        }
                        case COMPLETE -> complete.accept(answer);
                    }
                    c.place(done);
                });
        return answer;
    }

    private void register(Code c, Label again) {
        if (!setup.kernel().registered()) {
            setup.step(c, "a thread registers");
            kernel.rseq().register(c);
            c.as("try again").jump(again);
        }
    }

    private void completeHere(Code c, Arguments arguments, Answer answer) {
        Local cpu = c.as("cpu = sched_getcpu()").let("cpu", new Expr.Cpu());
        execute(c, cpu, arguments, answer);
    }

    /* ------------------------- From elsewhere ------------------------- */

    /** Completes an operation on a given range. {@return what it answers} */
    Answer execute(Code c, Expr range, Arguments arguments) {
        Answer answer = new Answer(c.local("answer"), c.local("value"));
        execute(c, range, arguments, answer);
        return answer;
    }

    private void execute(Code c, Expr range, Arguments arguments, Answer answer) {
        c.call(
                "execute",
                () -> {
                    setup.step(c, "an operation is completed from elsewhere");
                    stop(c, range);
                    OpLines lines = new OpLines(c, memory, arguments, range, () -> {});
                    Label done = c.label("interpreted");
                    for (Op op : arguments.sequence().ops()) {
                        lines.add(op);
                    }
                    leave(c, range, lines, lines.effects().count());
                    c.set(answer.code(), Expr.of(Answer.COMMITTED));
                    c.set(answer.value(), lines.value(arguments.sequence().result()));
                    c.jump(done);
                    for (OpLines.Exit exit : lines.exits()) {
                        c.place(exit.label());
                        leave(c, range, lines, exit.effects());
                        c.set(answer.code(), Expr.of(exit.answer()));
                        c.jump(done);
                    }
                    c.place(done);
                    resume(c, range);
                });
    }

    private void leave(Code c, Expr range, OpLines lines, int effects) {
        c.withoutInterrupts(() ->
                c.atomically(() -> {
                    lines.effects().replay(c, effects);
                    c.as("nobody relies on the stop any more").set(memory.stopped(range), 0);
                }));
    }

    /** Takes a range: nobody else works on it until {@link #resume}. */
    void stop(Code c, Expr range) {
        if (!setup.has(Mutant.NO_TURNS)) {
            c.until(() ->
                    c.as("turn.tryLock()")
                            .compareAndExchange(turns, range, Expr.of(0), Expr.of(1), Order.ACQUIRE)
                            .not());
        }
        if (setup.has(Mutant.FENCE_FIRST)) {
            fence(c, range);
        }
        if (!setup.has(Mutant.NO_STOP_WORD)) {
            c.as("stop word = this thread").storeRelease(memory.stopWords(), range, Expr.of(1));
        }
        if (!setup.has(Mutant.FENCE_FIRST)) {
            fence(c, range);
        }
        c.as("the range is stopped").set(memory.stopped(range), 1);
        if (setup.has(Mutant.RELEASE_EARLY)) {
            release(c, range);
        }
    }

    private void fence(Code c, Expr range) {
        if (setup.has(Mutant.NO_FENCE)) {
            return;
        }
        if (setup.has(Mutant.FENCE_WITHOUT_RESTART)) {
            kernel.membarrier().privateExpedited(c);
        } else if (setup.has(Mutant.FENCE_ELSEWHERE)) {
            Local cpu = c.let("cpu", kernel.rseq().cpuId(c));
            kernel.membarrier().privateExpeditedRseq(c, cpu);
        } else {
            kernel.membarrier().privateExpeditedRseq(c, range);
        }
    }

    /** Gives a range back. */
    void resume(Code c, Expr range) {
        if (!setup.has(Mutant.RELEASE_EARLY)) {
            release(c, range);
        }
        if (!setup.has(Mutant.NO_TURNS)) {
            c.as("turn.unlock()").storeRelease(turns, range, Expr.of(0));
        }
    }

    private void release(Code c, Expr range) {
        if (!setup.has(Mutant.NO_STOP_WORD)) {
            c.as("stop word = 0");
            if (setup.has(Mutant.RELEASE_PLAIN)) {
                c.store(memory.stopWords(), range, Expr.of(0));
            } else {
                c.storeRelease(memory.stopWords(), range, Expr.of(0));
            }
        }
    }
}
