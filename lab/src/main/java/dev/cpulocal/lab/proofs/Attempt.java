// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op;
import dev.cpulocal.Sequence;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.kernel.Rseq;
import dev.cpulocal.lab.kernel.Section;
import java.util.ArrayList;
import java.util.List;

/** An attempt to run a sequence as machine code: its ops, and what the emitter adds to them. */
final class Attempt {

    /*
     *     again:   rseq_cs = &descriptor
     *     start:   cpu = cpu_id                      leave if it is not a possible one
     *              stop word                         leave if it is set; sequences of counters do not look
     *              the ops; the last one commits
     *     commit:  [what it has done is compared with the ghost]
     *              answer; goto done
     *              the side exits, outside the section
     *     abort:   goto aborted
     *
     * The comparison belongs to the commit: nothing can interrupt the thread in between. Others on the
     * same CPU cannot see the store without it then, and those elsewhere that may look have excluded
     * this thread, or the proof fails, as it should.
     */

    /**
     * Where an attempt goes on that has not come to an answer.
     *
     * @param again where another attempt begins; placed here
     * @param aborted after an abort
     * @param stopped if the range is stopped
     * @param unregistered if the thread is not registered
     */
    record Ways(Label again, Label aborted, Label stopped, Label unregistered, Label done) {}

    private final Code c;
    private final Setup setup;
    private final Rseq rseq;
    private final RangeMemory memory;
    private final Fences fences;
    private final Arguments arguments;
    private final Answer answer;
    private final Ways ways;
    private final Local committed;
    private final boolean stops;

    Attempt(Code c, Calls calls, Arguments arguments, Answer answer, Ways ways) {
        this.c = c;
        this.setup = calls.setup();
        this.rseq = calls.kernel().rseq();
        this.memory = calls.memory();
        this.fences = calls.fences();
        this.arguments = arguments;
        this.answer = answer;
        this.ways = ways;
        this.stops = calls.stops();
        this.committed = c.let("committed", Expr.of(0));
    }

    void add() {
        Sequence sequence = arguments.sequence();
        Section section = rseq.section(c, sequence.name());
        int before = c.local("before").index();
        Expr early = enter(section);
        c.place(section.start());
        Expr cpu = setup.has(Mutant.INDEX_OUTSIDE) ? early : index();
        if (sequence.stoppable() && !setup.has(Mutant.STOP_WORD_OUTSIDE)) {
            testStopWord(cpu);
        }
        OpLines lines = new OpLines(c, memory, arguments, cpu, () -> beforeWrite(cpu));
        ops(sequence, section, lines);
        setup.step(c, "a call commits");
        leave(cpu, lines, lines.effects().count(), true);
        if (setup.has(Mutant.SECTION_TOO_LONG)) {
            c.as("return").let("returned", rseq.cpuId(c));
            c.place(section.end());
        }
        c.set(answer.code(), Expr.of(Answer.COMMITTED));
        c.set(answer.value(), lines.value(sequence.result()));
        c.jump(ways.done);
        exits(cpu, lines);
        c.place(section.abort());
        setup.step(c, "an attempt is aborted");
        forget(before);
        c.as("aborted").jump(ways.aborted);
    }

    /** What the attempt had in registers is lost: so states do not differ by it. */
    private void forget(int before) {
        int after = c.local("after").index();
        for (int register = before + 1; register < after; register++) {
            c.as("registers are free").set(new Local(register, "r" + register), Expr.of(0));
        }
    }

    /** Up to the start; {@return the index, if it is read here} */
    private Expr enter(Section section) {
        Expr before = Expr.of(0);
        if (!setup.has(Mutant.DESCRIPTOR_ONCE)) {
            c.place(ways.again);
        }
        if (setup.has(Mutant.INDEX_OUTSIDE) || setup.has(Mutant.STOP_WORD_OUTSIDE)) {
            before = index();
        }
        if (setup.has(Mutant.STOP_WORD_OUTSIDE)) {
            testStopWord(before);
        }
        rseq.enter(c, section);
        if (setup.has(Mutant.DESCRIPTOR_ONCE)) {
            c.place(ways.again);
        }
        return before;
    }

    private Expr index() {
        if (setup.has(Mutant.REGISTRATION_UNTESTED)) {
            return c.as("cpu = cpu_id_start").let("cpu", rseq.cpuIdStart(c));
        }
        Local cpu = fences.index(c, rseq);
        Expr possible = cpu.with(Operator.BELOW, Expr.of(setup.kernel().cpus()));
        c.as("leave if it is not a possible one").jumpIf(possible.not(), ways.unregistered);
        return cpu;
    }

    private void testStopWord(Expr cpu) {
        if (setup.has(Mutant.STOP_WORD_UNTESTED)) {
            return;
        }
        c.as("stop word");
        Local stop =
                setup.has(Mutant.STOP_WORD_PLAIN)
                        ? c.load(memory.stopWords(), cpu)
                        : c.loadAcquire(memory.stopWords(), cpu);
        c.as("leave if the stop word is set").jumpIf(stop.ne(0), ways.stopped);
    }

    private void ops(Sequence sequence, Section section, OpLines lines) {
        List<Op> ops = order(sequence.ops());
        for (Op op : ops) {
            if (op instanceof Op.Commit && setup.has(Mutant.SECTION_TOO_SHORT)) {
                c.place(section.end());
            }
            lines.add(op);
        }
        if (!setup.has(Mutant.SECTION_TOO_SHORT) && !setup.has(Mutant.SECTION_TOO_LONG)) {
            c.place(section.end());
        }
    }

    private List<Op> order(List<Op> ops) {
        if (!setup.has(Mutant.COMMIT_NOT_LAST)) {
            return ops;
        }
        List<Op> order = new ArrayList<>(ops);
        int last = order.size() - 1;
        while (!(order.get(last) instanceof Op.Store) && !(order.get(last) instanceof Op.Copy)) {
            last--;
        }
        order.add(order.remove(last));
        return order;
    }

    /* ------------------------- Ghosts ------------------------- */

    private void beforeWrite(Expr cpu) {
        if (stops) {
            checkNotStopped(cpu);
        }
    }

    private void checkNotStopped(Expr cpu) {
        c.as("no access after stop")
                .check("no sequence stores while its range is stopped", memory.stopped(cpu).not());
    }

    /** In one step with the line before it. */
    private void leave(Expr cpu, OpLines lines, int effects, boolean commits) {
        c.withoutInterrupts(() ->
                c.atomically(() -> {
                    fences.checkNotFenced(c);
                    if (commits) {
                        c.as("commits once").check("a call commits once", committed.not());
                        c.set(committed, Expr.of(1));
                    }
                    lines.effects().replay(c, effects);
                    checkNotStopped(cpu);
                }));
    }

    private void exits(Expr cpu, OpLines lines) {
        for (OpLines.Exit exit : lines.exits()) {
            c.place(exit.label());
            leave(cpu, lines, exit.effects(), false);
            c.set(answer.code(), Expr.of(exit.answer()));
            c.jump(ways.done);
        }
    }
}
