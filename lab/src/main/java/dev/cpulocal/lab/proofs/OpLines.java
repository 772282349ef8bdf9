// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Value;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The ops of a sequence as lines of a program, each with its pseudo-code as text. */
final class OpLines {

    /*
     * One op is one line, with these exceptions. An addition is a load and the store that commits; on
     * x86-64 it is one instruction, which can do less. A copy is a load and a store for each cell; the
     * real one takes eight bytes at a time, where nobody looks meanwhile. A place that depends on an
     * index is worked out in registers first, confined to the range as in the machine code.
     */

    /**
     * Where the sequence leaves, uncommitted.
     *
     * @param label to be placed
     * @param answer what it answers then
     * @param effects how many effects it has had by then
     */
    record Exit(Label label, int answer, int effects) {}

    private final Code c;
    private final RangeMemory memory;
    private final Arguments arguments;
    private final Expr range;
    private final Runnable beforeWrite;
    private final Effects effects;
    private final Spots spots;
    private final Map<Value, Expr> temporaries = new HashMap<>();
    private final List<Exit> exits = new ArrayList<>();
    private @Nullable Label outOfRange;
    private int comparisons;

    /**
     * Prepares.
     *
     * @param range on which the sequence runs
     * @param beforeWrite adds lines before each speculative write
     */
    OpLines(Code c, RangeMemory memory, Arguments arguments, Expr range, Runnable beforeWrite) {
        this.c = c;
        this.memory = memory;
        this.arguments = arguments;
        this.range = range;
        this.beforeWrite = beforeWrite;
        this.effects = new Effects(memory);
        this.spots = new Spots(c, memory, arguments, range, this::value, this::outOfRange);
    }

    private Label outOfRange() {
        if (outOfRange == null) {
            outOfRange = exit("out_of_range", Answer.OUT_OF_RANGE);
        }
        return outOfRange;
    }

    private Label exit(String name, int answer) {
        Label label = c.label(name);
        exits.add(new Exit(label, answer, effects.count()));
        return label;
    }

    /** {@return what the ops so far have read and written} */
    Effects effects() {
        return effects;
    }

    /** {@return where the ops so far leave} */
    List<Exit> exits() {
        return exits;
    }

    /** {@return what a value of the sequence is here} */
    Expr value(Value value) {
        return switch (value) {
            case Value.Constant constant -> Expr.of(constant.value());
            case Value.Parameter parameter -> arguments.number(parameter, memory);
            case Value.Temporary temporary -> Objects.requireNonNull(temporaries.get(temporary));
        };
    }

    /** Describes an op. */
    void add(Op op) {
        switch (op) {
            case Op.Load load -> {
                Expr slot = spots.slot(op, load.from(), load.width());
                temporaries.put(load.result(), read(op.toString(), slot));
            }
            case Op.Compute compute -> compute(compute);
            case Op.Leave leave -> leave(leave);
            case Op.Store store -> {
                Expr slot = spots.slot(op, store.to(), store.width());
                beforeWrite.run();
                writeSpeculatively(op.toString(), slot, low(value(store.value()), store.width()));
            }
            case Op.Copy copy -> {
                beforeWrite.run();
                new CopyLines(c, memory, this, arguments, spots, range, copy).add();
            }
            case Op.CommitStore commit -> {
                Expr slot = spots.slot(op, commit.to(), commit.width());
                commit(commit, slot, value(commit.value()));
            }
            case Op.CommitAdd commit -> {
                Expr slot = spots.slot(op, commit.to(), commit.width());
                Expr old = read(op + ": load", slot);
                commit(commit, slot, old.plus(value(commit.value())));
            }
        }
    }

    private void compute(Op.Compute compute) {
        Expr left = value(compute.left());
        Expr result = left.with(Operators.of(compute.operator()), value(compute.right()));
        c.as(compute.toString());
        temporaries.put(compute.result(), c.let(compute.result().toString(), result));
    }

    private void leave(Op.Leave leave) {
        Expr left = value(leave.left());
        Expr condition = Operators.test(leave.condition(), left, value(leave.right()));
        Label exit = exit("unequal_" + comparisons, Answer.unequal(comparisons));
        comparisons++;
        c.as(leave.toString()).jumpIf(condition, exit);
    }

    /* ------------------------- Accesses ------------------------- */

    Expr read(String text, Expr slot) {
        Expr value = c.as(text).load(memory.memory(), slot);
        effects.read(slot, value);
        return value;
    }

    void writeSpeculatively(String text, Expr slot, Expr value) {
        c.as(text).store(memory.memory(), slot, value);
        effects.wrote(slot, value);
    }

    private void commit(Op.Commit op, Expr slot, Expr value) {
        Expr stored = low(value, op.width());
        if (op.order() == Op.Order.RELEASE) {
            c.as(op.toString()).storeRelease(memory.memory(), slot, stored);
        } else {
            c.as(op.toString()).store(memory.memory(), slot, stored);
        }
        effects.wrote(slot, stored);
    }

    private static Expr low(Expr value, Width width) {
        return width == Width.LONG ? value : value.and((1L << (8 * width.bytes())) - 1);
    }
}
