// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.List;

/**
 * Who accesses what in a test: threads of two accesses each, of which one reads or writes what
 * another thread writes.
 *
 * @param name the name in the literature
 * @param threads the threads
 */
record Shape(String name, List<List<Access>> threads) {

    /** A read or a write of a place. */
    record Access(boolean write, String place) {}

    static final List<Shape> ALL =
            List.of(
                    of("SB", "Wx Ry", "Wy Rx"),
                    of("MP", "Wx Wy", "Ry Rx"),
                    of("LB", "Rx Wy", "Ry Wx"),
                    of("S", "Wx Wy", "Ry Wx"),
                    of("R", "Wx Wy", "Wy Rx"),
                    of("2+2W", "Wx Wy", "Wy Wx"),
                    of("CoRR", "Wx Wx", "Rx Rx"),
                    of("CoWR", "Wx Rx", "Wx Rx"));

    private static Shape of(String name, String... threads) {
        return new Shape(
                name,
                List.of(threads).stream()
                        .map(thread ->
                                List.of(thread.split(" ")).stream().map(Shape::access).toList())
                        .toList());
    }

    private static Access access(String text) {
        return new Access(text.charAt(0) == 'W', text.substring(1));
    }

    /** {@return what a thread does, as letters: {@code WR} for a write and then a read} */
    String directions(int thread) {
        return threads.get(thread).stream()
                .map(a -> a.write() ? "W" : "R")
                .reduce("", String::concat);
    }
}
