// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;

/** An expression whose places in a state are known. */
public abstract class Eval {

    /**
     * {@return its value}
     *
     * @param state the state
     * @param cpu the CPU that executes it; not used by properties
     */
    public abstract long value(long[] state, int cpu);

    public final boolean isTrue(long[] state, int cpu) {
        return value(state, cpu) != 0;
    }

    /** An index beyond an array, met while a model runs. */
    static final class BadIndex extends RuntimeException {
        private static final long serialVersionUID = 1;

        BadIndex(Expr.Variable variable, long index) {
            super(
                    variable.name()
                            + "["
                            + index
                            + "]: no such element (expected: 0 to "
                            + (variable.length() - 1)
                            + ")");
        }
    }

    /**
     * {@return a compiled expression}
     *
     * @param expr the expression
     * @param layout where everything is
     * @param task the task that executes it; -1 in properties
     */
    public static Eval of(Expr expr, Layout layout, int task) {
        return switch (expr) {
            case Expr.Constant constant -> constant(constant.value());
            case Expr.Local local -> field(layout.register(task, local.index()));
            case Expr.LocalOf local -> field(layout.register(local.task(), local.local().index()));
            case Expr.Cpu _ -> new CpuNumber();
            case Expr.Self _ -> constant(task);
            case Expr.Hardware hardware ->
                    element(hardware.variable(), hardware.index(), layout, task);
            case Expr.Memory memory -> element(memory.variable(), memory.index(), layout, task);
            case Expr.Ended _, Expr.Running _, Expr.Interrupted _ -> place(expr, layout, task);
            case Expr.Binary binary ->
                    binary(
                            binary.operator(),
                            of(binary.left(), layout, task),
                            of(binary.right(), layout, task));
        };
    }

    private static Eval place(Expr expr, Layout layout, int task) {
        if (expr instanceof Expr.Ended ended) {
            return new Between(
                    layout.pc(ended.task()),
                    layout.end(ended.task()),
                    layout.end(ended.task()) + 1);
        }
        if (expr instanceof Expr.Interrupted at) {
            return new Between(
                    layout.interrupted(task, at.handler()),
                    at.from().position() + 1,
                    at.to().position() + 1);
        }
        Eval cpu = of(((Expr.Running) expr).cpu(), layout, task);
        return new Eval() {
            @Override
            public long value(long[] state, int executing) {
                return layout.task(state, (int) cpu.value(state, executing));
            }
        };
    }

    private static Eval element(Expr.Variable variable, Expr index, Layout layout, int task) {
        Field[] fields = new Field[variable.length()];
        for (int i = 0; i < fields.length; i++) {
            int number = variable.first() + i;
            fields[i] = variable.shared() ? layout.memory(number) : layout.hardware(number);
        }
        if (index instanceof Expr.Constant constant) {
            return field(fields[index(variable, constant.value())]);
        }
        Eval at = of(index, layout, task);
        return new Eval() {
            @Override
            public long value(long[] state, int cpu) {
                return fields[index(variable, at.value(state, cpu))].get(state);
            }
        };
    }

    /** {@return a checked index} */
    static int index(Expr.Variable variable, long index) {
        if (index < 0 || index >= variable.length()) {
            throw new BadIndex(variable, index);
        }
        return (int) index;
    }

    /** {@return a constant} */
    static Eval constant(long value) {
        return new Eval() {
            @Override
            public long value(long[] state, int cpu) {
                return value;
            }
        };
    }

    private static Eval field(Field field) {
        return new Eval() {
            @Override
            public long value(long[] state, int cpu) {
                return field.get(state);
            }
        };
    }

    private static final class CpuNumber extends Eval {
        @Override
        public long value(long[] state, int cpu) {
            return cpu;
        }
    }

    private static final class Between extends Eval {
        private final Field place;
        private final int from;
        private final int to;

        Between(Field place, int from, int to) {
            this.place = place;
            this.from = from;
            this.to = to;
        }

        @Override
        public long value(long[] state, int cpu) {
            int at = place.count(state);
            return at >= from && at < to ? 1 : 0;
        }
    }

    private static Eval binary(Operator operator, Eval left, Eval right) {
        return switch (operator) {
            case ADD ->
                    new Eval() {
                        @Override
                        public long value(long[] state, int cpu) {
                            return left.value(state, cpu) + right.value(state, cpu);
                        }
                    };
            case EQUAL ->
                    new Eval() {
                        @Override
                        public long value(long[] state, int cpu) {
                            return left.value(state, cpu) == right.value(state, cpu) ? 1 : 0;
                        }
                    };
            default ->
                    new Eval() {
                        @Override
                        public long value(long[] state, int cpu) {
                            return operator.apply(left.value(state, cpu), right.value(state, cpu));
                        }
                    };
        };
    }
}
