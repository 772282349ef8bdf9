// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a place was declared to hold. It decides how its numbers are compared and printed.
 *
 * @param name the name, as in C
 * @param bytes the size of an element
 * @param signed whether the highest bit is a sign
 * @param length how many elements an array has; -1 if it is none
 * @param pointer whether it holds addresses
 */
public record Type(String name, int bytes, boolean signed, int length, boolean pointer) {

    /** What has no declaration. */
    public static final Type INT = scalar("int", 4, true);

    private static final Map<String, Type> SCALARS =
            Map.ofEntries(
                    Map.entry("int", INT),
                    Map.entry("long", scalar("long", 4, true)),
                    Map.entry("int32_t", scalar("int32_t", 4, true)),
                    Map.entry("uint32_t", scalar("uint32_t", 4, false)),
                    Map.entry("atomic_t", scalar("atomic_t", 4, false)),
                    Map.entry("char", scalar("char", 1, true)),
                    Map.entry("int8_t", scalar("int8_t", 1, true)),
                    Map.entry("uint8_t", scalar("uint8_t", 1, false)),
                    Map.entry("short", scalar("short", 2, true)),
                    Map.entry("int16_t", scalar("int16_t", 2, true)),
                    Map.entry("uint16_t", scalar("uint16_t", 2, false)),
                    Map.entry("int64_t", scalar("int64_t", 8, true)),
                    Map.entry("uint64_t", scalar("uint64_t", 8, false)),
                    Map.entry("intptr_t", scalar("intptr_t", 8, true)),
                    Map.entry("uintptr_t", scalar("uintptr_t", 8, false)));

    private static Type scalar(String name, int bytes, boolean signed) {
        return new Type(name, bytes, signed, -1, false);
    }

    /** {@return the type of a name, or null if there is none} */
    public static @Nullable Type named(String name) {
        return SCALARS.get(name);
    }

    /** {@return a type that points to this one} */
    public Type pointerTo() {
        return new Type(name + "*", 8, false, -1, true);
    }

    /** {@return an array of this type} */
    public Type array(int elements) {
        return new Type(name, bytes, signed, elements, pointer);
    }

    /** {@return the type of an element} */
    public Type element() {
        return new Type(name, bytes, signed, -1, pointer);
    }

    /** {@return whether it is an array} */
    public boolean isArray() {
        return length >= 0;
    }

    /** {@return a number as an unsigned one of this size} */
    public long mask(long value) {
        return bytes == 8 ? value : value & ((1L << (8 * bytes)) - 1);
    }

    /** {@return a value with only those bits that this type has, for comparisons} */
    public Value mask(Value value) {
        return switch (value) {
            case Value.Scalar(long number) -> Value.of(mask(number));
            case Value.Vector(var elements) ->
                    new Value.Vector(elements.stream().map(this::mask).toList());
            case Value.Symbol _ -> value;
        };
    }

    /** {@return a value as it is printed} */
    public String print(Value value) {
        return switch (value) {
            case Value.Scalar(long number) -> print(number);
            case Value.Vector(var elements) ->
                    elements.stream().map(this::print).collect(Collectors.joining(",", "{", "}"));
            case Value.Symbol _ -> value.toString();
        };
    }

    private String print(long number) {
        if (!signed) {
            return Long.toUnsignedString(mask(number));
        }
        int unused = 64 - 8 * bytes;
        return Long.toString(number << unused >> unused);
    }
}
