// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.AsymmetricFence;
import dev.cpulocal.bench.rcu.WriterRun;
import java.util.List;

/**
 * What the two sides of an asymmetric fence cost.
 *
 * @param asymmetric whether the frequent side is no instruction here
 * @param rows both sides, and the full fence that they replace
 * @param breakEven from how many executions of the frequent side on, for each of the rare one, the
 *     pair costs less than two full fences; infinite if never
 */
public record FenceResult(boolean asymmetric, List<RcuResult.Writer> rows, double breakEven) {

    /** Copies the list. */
    public FenceResult {
        rows = List.copyOf(rows);
    }

    /** {@return the result that consists of these measurements} */
    public static FenceResult of(List<WriterRun.Row> rows) {
        return new FenceResult(
                AsymmetricFence.availability().isAvailable(),
                rows.stream().map(RcuResult.Writer::of).toList(),
                WriterRun.breakEven(rows));
    }
}
