// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.Collection;

/**
 * The middle of some samples and how far they lie apart.
 *
 * @param median the middle one, or the mean of the middle two
 * @param low the least
 * @param high the greatest
 */
public record Spread(double median, double low, double high) {

    /**
     * {@return the spread of samples}
     *
     * @param samples at least one
     * @throws IllegalArgumentException if there is none
     */
    public static Spread of(Collection<? extends Number> samples) {
        double[] sorted = samples.stream().mapToDouble(Number::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("samples: none (expected: at least one)");
        }
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
