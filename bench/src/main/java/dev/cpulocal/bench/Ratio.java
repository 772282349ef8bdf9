// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many times as long one takes as another.
 *
 * @param subject what is divided
 * @param base what it is divided by
 * @param spread over the rounds, of the medians of the two in the same round: what slows the
 *     machine down for longer than a round slows both, and cancels out. {@code median} is the ratio
 *     of the medians over all samples.
 * @param <C> the configurations
 */
public record Ratio<C>(C subject, C base, Spread spread) {

    /**
     * {@return the ratio of two measurements}
     *
     * @param subject what is divided
     * @param base what it is divided by
     * @param <C> the configurations
     */
    public static <C> Ratio<C> of(Measurement<C> subject, Measurement<C> base) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(subject.rounds().size(), base.rounds().size()); i++) {
            ratios.add(median(subject, i) / median(base, i));
        }
        Spread byRound = Spread.of(ratios);
        double median = subject.nanos().median() / base.nanos().median();
        return new Ratio<>(
                subject.configuration(),
                base.configuration(),
                new Spread(
                        median, Math.min(median, byRound.low()), Math.max(median, byRound.high())));
    }

    private static double median(Measurement<?> measurement, int round) {
        return Spread.of(measurement.rounds().get(round)).median();
    }

    /**
     * {@return the ratio of one measurement to that of another configuration, if that was measured}
     *
     * @param base the other configuration
     * @param measurement what is divided
     * @param all where to look for the other
     * @param <C> the configurations
     */
    public static <C> Optional<Ratio<C>> to(
            C base, Measurement<C> measurement, List<Measurement<C>> all) {
        return all.stream()
                .filter(other -> other.configuration().equals(base))
                .findFirst()
                .map(other -> of(measurement, other));
    }

    /**
     * {@return how many times as long as a base; empty for the base itself, or if that was not
     * measured}
     *
     * @param base the configuration to divide by
     * @param measurement what is divided
     * @param all where to look for the base
     * @param <C> the configurations
     */
    public static <C> Optional<Spread> timesOf(
            C base, Measurement<C> measurement, List<Measurement<C>> all) {
        return measurement.configuration().equals(base)
                ? Optional.empty()
                : to(base, measurement, all).map(Ratio::spread);
    }
}
