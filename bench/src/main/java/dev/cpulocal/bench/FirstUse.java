// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.CpuCounters;
import dev.cpulocal.Rseq;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/**
 * How long a fresh JVM takes to its first increment, and what of that is the library's.
 *
 * <p>The clock starts in this process, before it starts the JVM, and is read in that JVM: {@code
 * System.nanoTime} is CLOCK_MONOTONIC, which all processes of a Linux machine share. So the times
 * include the start of a process, the same for both programs. They alternate.
 *
 * <pre>{@code
 * ./jdk java --enable-native-access=ALL-UNNAMED -cp bench/target/benchmarks.jar \
 *     dev.cpulocal.bench.FirstUse
 * }</pre>
 */
public final class FirstUse {

    /**
     * One start.
     *
     * @param mainNanos until main began
     * @param availabilityNanos until it was known whether there is rseq
     * @param firstIncrementNanos until an increment was done
     * @param selfTestNanos how much of that the self-test took
     * @param membarrierNanos how long the registration of membarrier took, beside the self-test
     * @param committed whether the increment was committed by a sequence
     */
    public record Start(
            long mainNanos,
            long availabilityNanos,
            long firstIncrementNanos,
            long selfTestNanos,
            long membarrierNanos,
            boolean committed) {}

    /**
     * What was measured.
     *
     * @param counter starts of a program that increments a CpuCounters
     * @param adder starts of one that increments a LongAdder and knows nothing of the library
     */
    public record Starts(List<Start> counter, List<Start> adder) {
        /** Copies the lists. */
        public Starts {
            counter = List.copyOf(counter);
            adder = List.copyOf(adder);
        }

        /**
         * {@return the spread of one of the times of the program with the library, in milliseconds}
         *
         * @param nanos which, such as {@code Start::firstIncrementNanos}
         */
        public Spread counterMillis(ToDoubleFunction<Start> nanos) {
            return millis(counter, nanos);
        }

        /**
         * {@return the spread of one of the times of the program with LongAdder, in milliseconds}
         *
         * @param nanos which
         */
        public Spread adderMillis(ToDoubleFunction<Start> nanos) {
            return millis(adder, nanos);
        }

        private static Spread millis(List<Start> starts, ToDoubleFunction<Start> nanos) {
            return Spread.of(
                    starts.stream().map(start -> nanos.applyAsDouble(start) / 1e6).toList());
        }
    }

    /** The program that uses the library. */
    static final class WithCounter {
        private WithCounter() {}

        public static void main(String[] arguments) {
            long main = System.nanoTime();
            Rseq.availability();
            long availability = System.nanoTime();
            CpuCounters counters = new CpuCounters(1);
            counters.increment(0);
            long increment = System.nanoTime();
            boolean committed = counters.sum(0) == 1 && counters.atomicSum(0) == 0;
            System.out.println(main + " " + availability + " " + increment);
            System.out.println(Rseq.selfTest().nanos() + " " + Rseq.selfTest().membarrierNanos());
            System.out.println(committed ? 1 : 0);
        }
    }

    /** The same with a LongAdder. */
    static final class WithAdder {
        private WithAdder() {}

        public static void main(String[] arguments) {
            long main = System.nanoTime();
            LongAdder adder = new LongAdder();
            adder.increment();
            long increment = System.nanoTime();
            System.out.println(main + " " + main + " " + increment + " 0 0 0");
        }
    }

    private FirstUse() {}

    /**
     * Measures and prints a table in Markdown.
     *
     * @param arguments none
     * @throws IOException if there is no JVM
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(markdown(measure(11)));
    }

    /**
     * {@return what fresh JVMs took}
     *
     * @param starts how many of each program
     * @throws IOException if there is no JVM
     */
    public static Starts measure(int starts) throws IOException {
        List<Start> counter = new ArrayList<>();
        List<Start> adder = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            counter.add(start(WithCounter.class));
            adder.add(start(WithAdder.class));
        }
        return new Starts(counter, adder);
    }

    private static Start start(Class<?> program) throws IOException {
        long began = System.nanoTime();
        long[] numbers =
                Arrays.stream(Child.java(program).strip().split("\\s+", -1))
                        .mapToLong(Long::parseLong)
                        .toArray();
        return new Start(
                numbers[0] - began,
                numbers[1] - began,
                numbers[2] - began,
                numbers[3],
                numbers[4],
                numbers[5] == 1);
    }

    /**
     * {@return the table}
     *
     * @param starts what was measured
     */
    public static String markdown(Starts starts) {
        return """
        | until, or for | CpuCounters, ms | lowest - highest | LongAdder, ms | lowest - highest |
        |:---|---:|---:|---:|---:|
        """
                + row("main begins", starts, Start::mainNanos)
                + row("it is known whether there is rseq", starts, Start::availabilityNanos)
                + row("the first increment is done", starts, Start::firstIncrementNanos)
                + row("for the self-test", starts, Start::selfTestNanos)
                + row("for membarrier, beside it", starts, Start::membarrierNanos);
    }

    private static String row(String name, Starts starts, ToDoubleFunction<Start> nanos) {
        Spread counter = starts.counterMillis(nanos);
        Spread adder = starts.adderMillis(nanos);
        return String.format(
                java.util.Locale.ROOT,
                "| %s | %.1f | %.1f - %.1f | %.1f | %.1f - %.1f |%n",
                name,
                counter.median(),
                counter.low(),
                counter.high(),
                adder.median(),
                adder.low(),
                adder.high());
    }
}
