// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.MemoryFootprint.Footprint;
import dev.cpulocal.bench.Spread;
import java.util.List;

/**
 * How much memory a counter takes that all CPUs have added to.
 *
 * @param counters how many of each kind there were
 * @param rows the kinds
 */
public record MemoryResult(int counters, List<Row> rows) {

    /**
     * One kind of counter.
     *
     * @param kind its constant in {@link dev.cpulocal.bench.MemoryFootprint.Kind}
     * @param label its name for people
     * @param bytes memory for each counter
     * @param heapBytes how much of that is on the heap
     * @param offHeapBytes how much is not
     * @param cells for each LongAdder, how many cells it had; 0 for others
     */
    public record Row(
            String kind,
            String label,
            Spread bytes,
            Spread heapBytes,
            Spread offHeapBytes,
            double cells) {

        private static Row of(Footprint footprint) {
            return new Row(
                    footprint.kind().name(),
                    footprint.kind().label(),
                    sum(footprint.heapBytes(), footprint.offHeapBytes()),
                    footprint.heapBytes(),
                    footprint.offHeapBytes(),
                    footprint.cells().median());
        }

        private static Spread sum(Spread a, Spread b) {
            return new Spread(a.median() + b.median(), a.low() + b.low(), a.high() + b.high());
        }
    }

    /** {@return the result that consists of these measurements} */
    public static MemoryResult of(int counters, List<Footprint> footprints) {
        return new MemoryResult(counters, footprints.stream().map(Row::of).toList());
    }
}
