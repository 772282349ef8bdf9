// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.List;

/**
 * What an operation took.
 *
 * @param configuration what was measured
 * @param nanos the spread over all samples: nanoseconds for each operation, as one thread sees it
 * @param rounds the samples, one for each iteration, of each round: a fork of a JVM, or a run of
 *     the C program. Round n of all configurations ran at about the same time.
 * @param <C> the configuration
 */
public record Measurement<C>(C configuration, Spread nanos, List<List<Double>> rounds) {

    /** Copies the lists. */
    public Measurement {
        rounds = rounds.stream().map(List::copyOf).toList();
    }

    /**
     * {@return the measurement that consists of samples}
     *
     * @param configuration what was measured
     * @param rounds the samples of each round
     * @param <C> the configuration
     */
    public static <C> Measurement<C> of(C configuration, List<List<Double>> rounds) {
        List<Double> samples = rounds.stream().flatMap(List::stream).toList();
        return new Measurement<>(configuration, Spread.of(samples), rounds);
    }

    /** {@return how many samples there are} */
    public int samples() {
        return rounds.stream().mapToInt(List::size).sum();
    }
}
