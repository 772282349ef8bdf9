// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.FirstUse.Start;
import dev.cpulocal.bench.FirstUse.Starts;
import dev.cpulocal.bench.Spread;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long a fresh JVM takes to its first addition.
 *
 * @param starts how many JVMs were started for each of the two programs
 * @param committed whether every first addition was committed by a sequence
 * @param rows the times
 */
public record FirstUseResult(int starts, boolean committed, List<Row> rows) {

    /**
     * One time, in milliseconds.
     *
     * @param id its name for machines
     * @param label its name for people
     * @param counterMillis of the program that uses CpuCounters
     * @param adderMillis of the one that uses LongAdder; null where there is no such time
     */
    public record Row(
            String id, String label, Spread counterMillis, @Nullable Spread adderMillis) {}

    /** {@return the result that consists of these measurements} */
    public static FirstUseResult of(Starts starts) {
        return new FirstUseResult(
                starts.counter().size(),
                starts.counter().stream().allMatch(Start::committed),
                List.of(
                        both("main", "start of the JVM to main", starts, Start::mainNanos),
                        both(
                                "firstAddition",
                                "start of the JVM to the first addition done",
                                starts,
                                Start::firstIncrementNanos),
                        ours(
                                "availability",
                                "main to knowing whether there is rseq",
                                starts,
                                start -> (double) start.availabilityNanos() - start.mainNanos()),
                        ours("selfTest", "of that, the self-test", starts, Start::selfTestNanos),
                        ours(
                                "membarrier",
                                "beside it, registering membarrier",
                                starts,
                                Start::membarrierNanos)));
    }

    private static Row both(String id, String label, Starts starts, ToDoubleFunction<Start> nanos) {
        return new Row(id, label, starts.counterMillis(nanos), starts.adderMillis(nanos));
    }

    private static Row ours(String id, String label, Starts starts, ToDoubleFunction<Start> nanos) {
        return new Row(id, label, starts.counterMillis(nanos), null);
    }
}
