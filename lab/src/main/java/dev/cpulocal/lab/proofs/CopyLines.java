// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Op;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Place;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lines of a speculative copy: a load and a store for each cell. */
final class CopyLines {

    /** One end of the copy: in the range, or in memory of the caller. */
    private record End(@Nullable Expr offset, Argument.@Nullable Segment segment, int firstByte) {}

    private final Code c;
    private final RangeMemory memory;
    private final OpLines lines;
    private final Arguments arguments;
    private final Spots spots;
    private final Expr range;
    private final Op.Copy copy;

    CopyLines(
            Code c,
            RangeMemory memory,
            OpLines lines,
            Arguments arguments,
            Spots spots,
            Expr range,
            Op.Copy copy) {
        this.c = c;
        this.memory = memory;
        this.lines = lines;
        this.arguments = arguments;
        this.spots = spots;
        this.range = range;
        this.copy = copy;
    }

    void add() {
        long length = length();
        spots.leaveIf(Expr.of(Long.compareUnsigned(length, copy.maxBytes()) > 0 ? 1 : 0));
        End to = end(copy.to(), length);
        End from = end(copy.from(), length);
        int cellBytes = cellBytes(to, from);
        if (length % cellBytes != 0) {
            throw refusal("a length of whole cells, " + cellBytes + " bytes each");
        }
        for (int at = 0; at < length; at += cellBytes) {
            Expr value = read(from, at, cellBytes);
            write(to, at, cellBytes, value);
        }
    }

    private long length() {
        if (lines.value(copy.lengthBytes()) instanceof Expr.Constant constant) {
            return constant.value();
        }
        throw refusal("a length that is a constant");
    }

    private IllegalArgumentException refusal(String expected) {
        return new IllegalArgumentException(
                arguments.sequence() + ", " + copy + ": not modelled (expected: " + expected + ")");
    }

    private End end(Place place, long length) {
        if (Spots.isInSegment(place)) {
            var segment = arguments.segment(Objects.requireNonNull(place.base()));
            return new End(null, segment, place.displacementBytes());
        }
        Expr offset = spots.offset(place, 1);
        if (place.index() != null) {
            spots.leaveIf(Expr.of(memory.strideBytes() - length).lt(offset));
        }
        return new End(offset, null, 0);
    }

    private static int cellBytes(End to, End from) {
        return to.segment != null
                ? to.segment.cellBytes()
                : from.segment != null ? from.segment.cellBytes() : Long.BYTES;
    }

    private Expr read(End end, int at, int cellBytes) {
        String text = copy + ": load byte " + at;
        return end.segment == null
                ? lines.read(text, slot(end, at, cellBytes))
                : c.as(text).load(end.segment.cells(), element(end, at));
    }

    private void write(End end, int at, int cellBytes, Expr value) {
        String text = copy + ": store byte " + at;
        if (end.segment == null) {
            lines.writeSpeculatively(text, slot(end, at, cellBytes), value);
        } else {
            c.as(text).store(end.segment.cells(), element(end, at), value);
        }
    }

    private Expr slot(End end, int at, int cellBytes) {
        Expr offset = Objects.requireNonNull(end.offset).plus(at);
        Width width =
                Arrays.stream(Width.values())
                        .filter(one -> one.bytes() == cellBytes)
                        .findFirst()
                        .orElseThrow();
        spots.checkCell(copy, offset, width);
        return memory.slot(range, offset);
    }

    private static Expr element(End end, int at) {
        int cellBytes = Objects.requireNonNull(end.segment).cellBytes();
        return Expr.of((end.firstByte + at) / cellBytes);
    }
}
