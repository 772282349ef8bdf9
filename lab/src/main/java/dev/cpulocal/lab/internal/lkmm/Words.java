// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.Value;
import java.util.List;
import java.util.function.ToIntFunction;

/** What variables hold: numbers of 32 bits and addresses, each in a {@code long}. */
final class Words {

    /** No value yet. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private static final long POINTER = 1L << 62;
    private static final long THIN_AIR = 1L << 61;

    private Words() {}

    /** Arithmetic on addresses that C knows nothing of. */
    static final class Undefined extends RuntimeException {
        private static final long serialVersionUID = 1;

        Undefined(Operator operator) {
            super(operator.symbol() + " with an address is not covered", null, false, false);
        }
    }

    /** {@return the address of a place} */
    static long pointer(int place) {
        return pointer(place, 0);
    }

    /** {@return the address so many bytes after a place} */
    static long pointer(int place, int offset) {
        return POINTER | (long) place << 32 | (offset & 0xffff_ffffL);
    }

    /**
     * {@return a value that is no array}
     *
     * @param places the numbers of places
     */
    static long of(Value value, ToIntFunction<String> places) {
        return switch (value) {
            case Value.Scalar(long number) -> (int) number;
            case Value.Symbol(String name, long offset) ->
                    pointer(places.applyAsInt(name), (int) offset);
            case Value.Vector _ -> throw new IllegalArgumentException("value: " + value);
        };
    }

    /**
     * {@return a value as it is printed}
     *
     * @param names the names of places
     */
    static Value value(long word, List<String> names) {
        return isPointer(word)
                ? new Value.Symbol(names.get(place(word)), offset(word))
                : Value.of(word);
    }

    /** {@return a value that comes from nowhere but itself, other than those of other numbers} */
    static long thinAir(int number) {
        return THIN_AIR | number;
    }

    static boolean isThinAir(long value) {
        return value >>> 61 == 1;
    }

    static boolean isPointer(long value) {
        return value >>> 62 == 1;
    }

    /** {@return the place that an address belongs to} */
    static int place(long pointer) {
        return (int) (pointer >>> 32) & 0x3fff_ffff;
    }

    /** {@return how many bytes after the beginning of its place an address is} */
    static int offset(long pointer) {
        return (int) pointer;
    }

    /**
     * {@return the result of an operator; {@link #UNKNOWN} if it depends on thin air}
     *
     * @throws Undefined if it has none
     */
    static long apply(Operator operator, long left, long right) {
        if (isThinAir(left) || isThinAir(right)) {
            return thinAir(operator, left == right);
        }
        if (!isPointer(left) && !isPointer(right)) {
            return (int) operator.apply(left, right);
        }
        return switch (operator) {
            case EQUAL, NOT_EQUAL -> operator.apply(left, right);
            case ADD -> add(left, right);
            case SUBTRACT -> subtract(left, right);
            case XOR -> {
                check(operator, left == right);
                yield 0;
            }
            case OR -> {
                check(operator, left == 0 || right == 0);
                yield left | right;
            }
            case LESS -> {
                check(operator, left == 0 || right == 0);
                yield left == 0 ? 1 : 0;
            }
            default -> throw new Undefined(operator);
        };
    }

    /** Of a value out of thin air, only that it is the same as itself is known. */
    private static long thinAir(Operator operator, boolean same) {
        return switch (operator) {
            case EQUAL -> same ? 1 : UNKNOWN;
            case XOR, NOT_EQUAL -> same ? 0 : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private static long add(long left, long right) {
        check(Operator.ADD, !isPointer(left) || !isPointer(right));
        return isPointer(left)
                ? pointer(place(left), offset(left) + (int) right)
                : pointer(place(right), offset(right) + (int) left);
    }

    private static long subtract(long left, long right) {
        if (left == right) {
            return 0;
        }
        check(Operator.SUBTRACT, isPointer(left) && !isPointer(right));
        return pointer(place(left), offset(left) - (int) right);
    }

    private static void check(Operator operator, boolean defined) {
        if (!defined) {
            throw new Undefined(operator);
        }
    }
}
