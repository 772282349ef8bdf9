// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.bench.Plan.Part;
import java.util.ArrayList;
import java.util.List;

/** What {@link CounterRun} is to measure. */
public final class CounterPlans {

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

    private CounterPlans() {}

    /** {@return a plan of about two minutes} */
    public static Plan<Configuration> standard() {
        List<Part<Configuration>> parts = new ArrayList<>();
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
        return new Plan<>(parts, 2, 5, 100);
    }

    /** {@return a plan of about half a minute} */
    public static Plan<Configuration> quick() {
        List<Part<Configuration>> parts = new ArrayList<>();
        addAll(parts, 2, MAIN, List.of(1, 2), List.of(false), List.of(1));
        addAll(parts, 2, List.of(Subject.C_LOOP), List.of(1, 2), List.of(false), List.of(1));
        addAll(parts, 1, MAIN, List.of(2), List.of(true), List.of(1));
        addAll(parts, 1, MAIN, List.of(2), List.of(false), List.of(128));
        addAll(parts, 1, OTHERS, List.of(2), List.of(false), List.of(1));
        return new Plan<>(parts, 2, 3, 100);
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
    public static Plan<Configuration> of(
            List<Subject> subjects,
            List<Integer> threads,
            List<Boolean> virtual,
            List<Integer> counters,
            int forks,
            int iterations,
            int iterationMillis) {
        List<Part<Configuration>> parts = new ArrayList<>();
        addAll(parts, forks, subjects, threads, virtual, counters);
        return new Plan<>(parts, 2, iterations, iterationMillis);
    }

    private static void addAll(
            List<Part<Configuration>> parts,
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
                            .map(configuration -> new Part<>(configuration, forks))
                            .forEach(parts::add);
                }
            }
        }
    }
}
