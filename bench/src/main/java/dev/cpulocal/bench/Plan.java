// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@link CounterRun} is to measure, and for how long.
 *
 * @param parts the configurations
 * @param warmups iterations before those that count, in each fork
 * @param iterations iterations that count, in each fork
 * @param iterationMillis how long each takes
 */
public record Plan(List<Part> parts, int warmups, int iterations, int iterationMillis) {

    /**
     * Measure a configuration several times.
     *
     * @param configuration what
     * @param forks in how many fresh JVMs
     */
    public record Part(Configuration configuration, int forks) {
        /** Checks the number. */
        public Part {
            positive("forks", forks);
        }
    }

    private static final List<Subject> MAIN = List.of(Subject.CPU_COUNTER, Subject.LONG_ADDER);
    private static final List<Subject> OTHERS =
            List.of(
                    Subject.CPU_COUNTER_OFF,
                    Subject.ATOMIC_LONG,
                    Subject.THREAD_STRIPED,
                    Subject.CPU_ATOMIC,
                    Subject.BOUND,
                    Subject.OWN,
                    Subject.STOPPABLE,
                    Subject.BARE,
                    Subject.EMPTY_CALL);

    /** Copies the list and checks the numbers. */
    public Plan {
        parts = List.copyOf(parts);
        positive("parts", parts.size());
        positive("warmups", warmups);
        positive("iterations", iterations);
        positive("iterationMillis", iterationMillis);
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }

    /** {@return a plan of about two minutes} */
    public static Plan standard() {
        List<Part> parts = new ArrayList<>();
        addAll(parts, 3, MAIN, List.of(1, 2, 4), List.of(false), List.of(1, 128));
        addAll(parts, 3, MAIN, List.of(1, 2, 4), List.of(true), List.of(1));
        addAll(parts, 3, MAIN, List.of(2), List.of(true), List.of(128));
        addAll(
                parts,
                3,
                List.of(Subject.C_LOOP),
                List.of(1, 2, 4),
                List.of(false),
                List.of(1, 128));
        addAll(parts, 2, OTHERS, List.of(1, 2), List.of(false), List.of(1));
        return new Plan(parts, 2, 5, 100);
    }

    /** {@return a plan of about half a minute} */
    public static Plan quick() {
        List<Part> parts = new ArrayList<>();
        addAll(parts, 2, MAIN, List.of(1, 2), List.of(false), List.of(1));
        addAll(parts, 2, List.of(Subject.C_LOOP), List.of(1, 2), List.of(false), List.of(1));
        addAll(parts, 1, MAIN, List.of(2), List.of(true), List.of(1));
        addAll(parts, 1, MAIN, List.of(2), List.of(false), List.of(128));
        addAll(parts, 1, OTHERS, List.of(2), List.of(false), List.of(1));
        return new Plan(parts, 2, 3, 100);
    }

    /**
     * {@return a plan of all combinations; the C loop is combined with platform threads only}
     *
     * @param subjects what counts
     * @param threads numbers of threads
     * @param virtual which kinds of threads
     * @param counters numbers of counters
     * @param forks how many JVMs for each
     * @param iterations how many samples in each
     * @param iterationMillis how long each takes
     * @throws IllegalArgumentException if one of them cannot be measured
     */
    public static Plan of(
            List<Subject> subjects,
            List<Integer> threads,
            List<Boolean> virtual,
            List<Integer> counters,
            int forks,
            int iterations,
            int iterationMillis) {
        List<Part> parts = new ArrayList<>();
        addAll(parts, forks, subjects, threads, virtual, counters);
        return new Plan(parts, 2, iterations, iterationMillis);
    }

    private static void addAll(
            List<Part> parts,
            int forks,
            List<Subject> subjects,
            List<Integer> threads,
            List<Boolean> virtual,
            List<Integer> counters) {
        for (boolean kind : virtual) {
            for (int number : counters) {
                for (int count : threads) {
                    subjects.stream()
                            .filter(subject -> subject.isJava() || !kind)
                            .map(subject -> new Configuration(subject, count, kind, number))
                            .map(configuration -> new Part(configuration, forks))
                            .forEach(parts::add);
                }
            }
        }
    }

    /** {@return how many forks there are in all} */
    public int forks() {
        return parts.stream().mapToInt(Part::forks).sum();
    }
}
