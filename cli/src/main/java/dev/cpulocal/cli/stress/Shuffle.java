// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.cli.stress.Outcome.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Families in which things go from CPU to CPU: workers take one and give it back later. At the end
 * each must be there once.
 */
final class Shuffle implements Family {

    /** How many things there are. */
    static final int THINGS = 128;

    /** What is taken when there is nothing. */
    static final int NONE = -1;

    private static final int MOST_TAKEN = 16;

    /** Where the things are. All methods for any thread. */
    interface Things {
        /** {@return how many places there are} */
        int ranges();

        /** {@return a thing of the current range, or NONE} */
        int take();

        /** Gives a thing back to the current range; {@return whether there was room}. */
        boolean give(int thing);

        /**
         * {@return some things of a range, so many if only some can be taken; none if it has none}
         */
        int[] takeSome(int range, int most);
    }

    private final FamilyName name;
    private final Things things;
    private final List<Part> parts = new ArrayList<>();

    Shuffle(FamilyName name, Things things) {
        this.name = name;
        this.things = things;
        IntStream.range(0, THINGS).forEach(things::give);
    }

    /** Holds a thing between two steps. */
    private final class Part implements Worker {
        private int held = NONE;
        private long operations;

        @Override
        public void step(RandomGenerator random) {
            operations++;
            if (held == NONE) {
                held = things.take();
            } else {
                end();
            }
        }

        @Override
        public void end() {
            if (held != NONE && things.give(held)) {
                held = NONE;
            }
        }
    }

    @Override
    public Worker worker() {
        Part part = new Part();
        parts.add(part);
        return part;
    }

    /** Moves some things of any range to the one this thread is on. */
    @Override
    public void manage(RandomGenerator random) {
        int[] taken = things.takeSome(random.nextInt(things.ranges()), MOST_TAKEN);
        Arrays.stream(taken).forEach(things::give);
    }

    @Override
    public Check check() {
        long[] expected = new long[THINGS];
        long[] actual = new long[THINGS];
        long torn = 0;
        Arrays.fill(expected, 1);
        for (int range = 0; range < things.ranges(); range++) {
            // What is broken may go round in circles.
            for (int taken = 0; taken <= THINGS; ) {
                int[] some = things.takeSome(range, THINGS);
                for (int thing : some) {
                    boolean whole = thing >= 0 && thing < THINGS;
                    actual[whole ? thing : 0] += whole ? 1 : 0;
                    torn += whole ? 0 : 1;
                }
                taken = some.length == 0 ? THINGS + 1 : taken + some.length;
            }
        }
        long operations = parts.stream().mapToLong(part -> part.operations).sum();
        return Check.of(name.id(), operations, expected, actual, torn);
    }
}
