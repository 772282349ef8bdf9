// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.AsymmetricFence;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.rcu.WriterRun;
import dev.cpulocal.bench.rcu.WriterRun.Kind;
import java.util.List;

/**
 * What the two sides of an asymmetric fence cost.
 *
 * @param asymmetric whether the frequent side is no instruction here
 * @param rows both sides, and the full fence that they replace
 * @param mixed the two together, by how often each is executed
 * @param breakEven from how many executions of the frequent side on, for each of the rare one, the
 *     pair costs less than two full fences; infinite if never
 */
public record FenceResult(
        boolean asymmetric, List<RcuResult.Writer> rows, List<Mixed> mixed, double breakEven) {

    /**
     * Both sides together, by one thread.
     *
     * @param ratio how often the frequent side is executed for each time of the rare one
     * @param pair nanoseconds for one execution of the frequent side, with its share of the rare
     *     one
     * @param twoFull the same with full fences on both sides
     */
    public record Mixed(int ratio, Spread pair, Spread twoFull) {}

    /** Copies the lists. */
    public FenceResult {
        rows = List.copyOf(rows);
        mixed = List.copyOf(mixed);
    }

    /** {@return the result that consists of these measurements} */
    public static FenceResult of(List<WriterRun.Row> rows) {
        return new FenceResult(
                AsymmetricFence.availability().isAvailable(),
                rows.stream().filter(row -> row.ratio() == 0).map(RcuResult.Writer::of).toList(),
                mixed(rows),
                WriterRun.breakEven(rows));
    }

    private static List<Mixed> mixed(List<WriterRun.Row> rows) {
        List<WriterRun.Row> full = of(rows, Kind.TWO_FULL);
        return of(rows, Kind.PAIR).stream()
                .flatMap(pair ->
                        full.stream()
                                .filter(other -> other.ratio() == pair.ratio())
                                .map(other -> new Mixed(pair.ratio(), pair.nanos(), other.nanos())))
                .toList();
    }

    private static List<WriterRun.Row> of(List<WriterRun.Row> rows, Kind kind) {
        return rows.stream().filter(row -> row.kind() == kind).toList();
    }
}
