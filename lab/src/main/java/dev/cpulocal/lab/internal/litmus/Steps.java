// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The steps of one thread, appended one by one, and the control flow between them. */
public final class Steps {
    private static final int ALL = Instruction.READS | Instruction.WRITES;

    private final Supplier<Expr.Local> temporaries;
    private final List<Instruction.Line> lines = new ArrayList<>();
    private final List<String> scope = new ArrayList<>();
    private String text = "";
    private int masked;
    private boolean joined;

    /**
     * No steps yet.
     *
     * @param temporaries makes registers that no instruction of the test can name
     */
    public Steps(Supplier<Expr.Local> temporaries) {
        this.temporaries = temporaries;
    }

    /** {@return a register that no instruction of the test can name} */
    public Expr.Local temporary() {
        return temporaries.get();
    }

    /** Sets what traces show for the steps from here on. */
    public void say(String newText) {
        text = newText;
    }

    /** Appends a step. */
    public void emit(Instruction instruction) {
        lines.add(new Instruction.Line(instruction, text, List.copyOf(scope), masked, joined));
    }

    /** Appends a step with a text of its own. */
    void emit(String itsText, Instruction instruction) {
        lines.add(new Instruction.Line(instruction, itsText, List.copyOf(scope), masked, joined));
    }

    /** Appends a full barrier. */
    void fullBarrier() {
        emit("smp_mb()", new Instruction.Fence(ALL, ALL));
    }

    /** Computes a register that no instruction of the test can name. */
    Expr.Local let(String itsText, Expr value) {
        Expr.Local local = temporary();
        emit(itsText, new Instruction.Assign(local, value));
        return local;
    }

    /** Says that a label is before the next step. */
    public void place(Expr.Label label) {
        label.place(lines.size());
    }

    /** {@return how many there are} */
    public int size() {
        return lines.size();
    }

    /** {@return the steps} */
    public List<Instruction.Line> lines() {
        return lines;
    }

    /** Steps that happen in a function of the kernel. */
    void call(String function, Runnable body) {
        scope.add(function);
        body.run();
        scope.removeLast();
    }

    /** Steps before which no interrupt comes. */
    void withoutInterrupts(Runnable body) {
        int outer = masked;
        masked = -1;
        body.run();
        masked = outer;
    }

    /** Makes one step of several, none of which accesses memory. */
    void atomically(Runnable body) {
        joined = true;
        body.run();
        joined = false;
        Expr.Label end = new Expr.Label("end of step");
        emit("", new Instruction.Jump(end));
        place(end);
    }

    /** Steps that are taken if a condition, of registers, holds. */
    void when(Expr condition, Runnable body) {
        if (condition instanceof Expr.Constant(long value) && value != 0) {
            body.run();
            return;
        }
        Expr.Label end = new Expr.Label("endif");
        emit("if (" + condition + ")", new Instruction.Branch(condition.not(), end, true));
        body.run();
        place(end);
    }
}
