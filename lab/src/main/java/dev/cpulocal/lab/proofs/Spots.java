// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Place;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where the places of ops are: the lines that work an offset out, and refuse it. */
final class Spots {

    private final Code c;
    private final RangeMemory memory;
    private final Arguments arguments;
    private final Expr range;
    private final Function<Value, Expr> values;
    private final Supplier<Label> outOfRange;

    Spots(
            Code c,
            RangeMemory memory,
            Arguments arguments,
            Expr range,
            Function<Value, Expr> values,
            Supplier<Label> outOfRange) {
        this.c = c;
        this.memory = memory;
        this.arguments = arguments;
        this.range = range;
        this.values = values;
        this.outOfRange = outOfRange;
    }

    static boolean isInSegment(Place place) {
        Parameter base = place.base();
        return base != null && base.kind() == Kind.SEGMENT;
    }

    /** {@return the slot of a cell that an op accesses, after lines that find it} */
    Expr slot(Op op, Place place, Width width) {
        Expr offset = offset(place, width.bytes());
        checkCell(op, offset, width);
        return memory.slot(range, offset);
    }

    /** {@return the offset of a place in the range, confined and outside the header} */
    Expr offset(Place place, int bytes) {
        Expr base = place.base() == null ? Expr.of(0) : values.apply(place.base());
        if (place.index() == null) {
            return base.plus(place.displacementBytes());
        }
        Expr sum =
                base.plus(values.apply(place.index()).times(place.scale()))
                        .plus(place.displacementBytes());
        Expr confined = sum.and(memory.strideBytes() - bytes);
        Expr offset = confined instanceof Expr.Constant ? confined : c.let("offset", confined);
        leaveIf(offset.lt(RangeMemory.HEADER_BYTES));
        return offset;
    }

    /** Leaves with {@link dev.cpulocal.Result#OUT_OF_RANGE} if a condition holds. */
    void leaveIf(Expr condition) {
        if (!(condition instanceof Expr.Constant constant)) {
            c.as("leave if out of range").jumpIf(condition, outOfRange.get());
        } else if (constant.value() != 0) {
            c.as("leave: out of range").jump(outOfRange.get());
        }
    }

    /** Refuses an access that does not hit a cell of its width. */
    void checkCell(Op op, Expr offset, Width width) {
        Expr hits = memory.isCell(offset, width);
        String problem =
                arguments.sequence() + ", " + op + ": hits no cell of " + width.bytes() + " bytes";
        if (!(hits instanceof Expr.Constant constant)) {
            c.check(problem.replace("hits no", "hits a"), hits);
        } else if (constant.value() == 0) {
            throw new IllegalArgumentException(
                    problem
                            + " at "
                            + offset
                            + " (expected: items whose cells have the width of the access; mixed"
                            + " sizes are not modelled)");
        }
    }
}
