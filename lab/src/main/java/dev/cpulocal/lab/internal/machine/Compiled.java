// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of a task's program, with every place in the state resolved. */
final class Compiled {

    /** What kind of line it is. */
    enum Kind {
        LOAD,
        STORE,
        UPDATE,
        FENCE,
        TSO_FENCE,
        CONTEXT_FENCE,
        /** Computes from registers. */
        COMPUTE,
        /** Selects one of two values. */
        SELECT,
        /** Computes from hardware state too. */
        READ_HARDWARE,
        SET_HARDWARE,
        BRANCH,
        JUMP,
        AWAIT,
        CHOOSE,
        SWITCH,
        /** Of registers. */
        CHECK,
        /** Of hardware state too. */
        CHECK_HARDWARE,
        RETURN,
        SET_RETURN,
        END
    }

    final Kind kind;
    final int task;
    final int number;
    final Instruction.Line line;

    /** Whether a handler can begin before it. */
    final boolean interruptible;

    /** Whether it and the next line are one step. */
    final boolean joined;

    /** Whether it is done with the line before it, not as a step of its own. */
    final boolean local;

    /** The numbers of the lines after it in its task. */
    final List<Integer> successors;

    /** The register that it gives a value, or -1. */
    final int register;

    /** The place of that register. */
    final Field to;

    /** Its operands: value, condition or comparand; up to {@link Layout#OPERANDS}. */
    final Eval value;

    final Eval expected;

    /** Where it accesses memory: a fixed location, or -1 and an index or address. */
    final int location;

    final Expr.@Nullable Variable array;
    final Eval index;

    final Order order;
    final Change change;
    final Expr.Operator operator;

    /** Whether it is a load-exclusive or store-exclusive. */
    final boolean exclusive;

    /** Which accesses a fence orders. */
    final int before;

    final int after;

    /** Where a jump or a handler's return goes. */
    final int target;

    final int handler;

    /** How many numbers it chooses from. */
    final int count;

    final Expr.@Nullable Variable hardware;
    final Field[] hardwareFields;

    /** The registers that nobody reads after it: if it falls through, and if it jumps. */
    Field[] diesNext = {};

    Field[] diesTarget = {};

    /** The registers that its operands read. */
    final int[] uses;

    /** Which of those its address needs, a bit each. */
    final int addressUses;

    /** The same for its value, and for what it expects. */
    final int valueUses;

    final int expectedUses;

    /** Of a selection: what it selects from. */
    final @Nullable Selection selection;

    /**
     * A condition and two values, each with the operands that it needs.
     *
     * @param condition the condition
     * @param conditionUses its operands, a bit each
     * @param ifTrue a value
     * @param trueUses its operands
     * @param ifFalse the other value
     * @param falseUses its operands
     */
    record Selection(
            Eval condition,
            int conditionUses,
            Eval ifTrue,
            int trueUses,
            Eval ifFalse,
            int falseUses) {

        /** {@return the operands of one value} */
        int uses(boolean taken) {
            return taken ? trueUses : falseUses;
        }
    }

    /** What it reads and writes, and what its task may in the future: see {@link Footprints}. */
    long reads;

    long writes;
    long futureReads;
    long futureWrites;

    Compiled(Program program, Layout layout, int task, int number) {
        Program.Task of = program.tasks().get(task);
        this.task = task;
        this.number = number;
        this.line = of.lines().get(number);
        this.interruptible = interruptible(of, line);
        this.joined = line.joined();
        Operands operands = Operands.of(line.instruction());
        this.kind = operands.kind();
        this.local = operands.isLocal();
        this.successors = operands.successors(number);
        this.register = operands.register();
        this.to = register < 0 ? Field.NONE : layout.register(task, register);
        this.value = Eval.of(operands.value(), layout, task);
        this.expected = Eval.of(operands.expected(), layout, task);
        this.order = operands.order();
        this.change = operands.change();
        this.operator = operands.operator();
        this.exclusive = operands.exclusive();
        this.before = operands.before();
        this.after = operands.after();
        this.target = operands.targetNumber();
        this.handler = operands.handler();
        this.count = operands.count();
        this.hardware = operands.hardware();
        this.hardwareFields = fields(operands.hardware(), layout);
        switch (operands.address()) {
            case Address.Direct direct -> {
                this.location = direct.location();
                this.array = null;
                this.index = Eval.constant(0);
            }
            case Address.Element element -> {
                this.location = -1;
                this.array = element.array();
                this.index = Eval.of(element.index(), layout, task);
            }
            case Address.Computed computed -> {
                this.location = -1;
                this.array = null;
                this.index = Eval.of(computed.address(), layout, task);
            }
        }
        this.uses = Registers.read(line.instruction());
        this.addressUses = addressUses(operands.address(), uses);
        this.valueUses = uses(Registers.read(operands.value()), uses);
        this.expectedUses = uses(Registers.read(operands.expected()), uses);
        this.selection =
                line.instruction() instanceof Instruction.Select select
                        ? selection(select, layout)
                        : null;
        if (uses.length > Layout.OPERANDS && kind != Kind.CHOOSE && !isControl()) {
            throw new IllegalArgumentException(
                    line.text()
                            + ": reads "
                            + uses.length
                            + " registers (expected: "
                            + Layout.OPERANDS
                            + " at most; compute some beforehand)");
        }
    }

    private static int addressUses(Address address, int[] uses) {
        BitSet read =
                switch (address) {
                    case Address.Direct _ -> new BitSet();
                    case Address.Element element -> Registers.read(element.index());
                    case Address.Computed computed -> Registers.read(computed.address());
                };
        return uses(read, uses);
    }

    private static int uses(BitSet read, int[] uses) {
        int mask = 0;
        for (int i = 0; i < uses.length; i++) {
            mask |= read.get(uses[i]) ? 1 << i : 0;
        }
        return mask;
    }

    private Selection selection(Instruction.Select select, Layout layout) {
        return new Selection(
                Eval.of(select.condition(), layout, task),
                uses(Registers.read(select.condition()), uses),
                Eval.of(select.ifTrue(), layout, task),
                uses(Registers.read(select.ifTrue()), uses),
                Eval.of(select.ifFalse(), layout, task),
                uses(Registers.read(select.ifFalse()), uses));
    }

    /** {@return whether it is executed in program order, with all it reads known} */
    private boolean isControl() {
        return switch (kind) {
            case LOAD, STORE, UPDATE, COMPUTE, SELECT, BRANCH -> false;
            default -> true;
        };
    }

    private static boolean interruptible(Program.Task task, Instruction.Line line) {
        for (int handler = 0; handler < task.entries().size(); handler++) {
            if (task.entries().get(handler) >= 0 && (line.masked() & 1 << handler) == 0) {
                return true;
            }
        }
        return false;
    }

    private static Field[] fields(Expr.@Nullable Variable variable, Layout layout) {
        Field[] fields = new Field[variable == null ? 0 : variable.length()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = layout.hardware((variable == null ? 0 : variable.first()) + i);
        }
        return fields;
    }

    /** {@return whether it reads or changes hardware state} */
    boolean isOfHardware() {
        return switch (kind) {
            case READ_HARDWARE, SET_HARDWARE, AWAIT, CHOOSE, CHECK_HARDWARE -> true;
            default -> false;
        };
    }

    static void clear(Field[] fields, long[] state) {
        for (Field field : fields) {
            field.clear(state);
        }
    }
}
