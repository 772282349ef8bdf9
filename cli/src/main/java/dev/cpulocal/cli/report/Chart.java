// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.cli.Json;
import dev.cpulocal.cli.html.Templates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Bars side by side, with their spreads. The script of the page draws it from its JSON.
 *
 * @param id its name in the page
 * @param title what it shows
 * @param description how to read it
 * @param unit of the values
 * @param labels the groups of bars
 * @param series the bars of each group
 */
public record Chart(
        String id,
        String title,
        String description,
        String unit,
        List<String> labels,
        List<Series> series) {

    private static final int FRAME_PIXELS = 110;
    private static final int BAR_PIXELS = 24;
    private static final int GROUP_PIXELS = 14;
    private static final double MOST_MEDIANS = 3;

    /**
     * One bar in each group, by the order of the labels; null where nothing was measured.
     *
     * @param label its name
     * @param spreads the values
     */
    public record Series(String label, @JsonIgnore List<@Nullable Spread> spreads) {

        /** Copies the list. */
        public Series {
            spreads = new ArrayList<>(spreads);
        }

        /** {@return the lengths of the bars} */
        public List<@Nullable Double> getMedians() {
            return values(Spread::median);
        }

        /** {@return where the thin bars begin} */
        public List<@Nullable Double> getLows() {
            return values(Spread::low);
        }

        /** {@return where the thin bars end} */
        public List<@Nullable Double> getHighs() {
            return values(Spread::high);
        }

        private List<@Nullable Double> values(ToDoubleFunction<Spread> value) {
            List<@Nullable Double> values = new ArrayList<>();
            for (Spread spread : spreads) {
                values.add(spread == null ? null : value.applyAsDouble(spread));
            }
            return values;
        }
    }

    /**
     * {@return where the axis must end, because a spread goes so far out that nothing else could be
     * told apart; null where it may end behind the last}
     */
    public @Nullable Double getMax() {
        double end = Math.ceil(most(Spread::median) * MOST_MEDIANS);
        return most(Spread::high) > end ? end : null;
    }

    /** {@return whether a spread runs off the axis} */
    @JsonIgnore
    public boolean isCut() {
        return getMax() != null;
    }

    private double most(ToDoubleFunction<Spread> value) {
        return series.stream()
                .flatMap(one -> one.spreads.stream())
                .filter(Objects::nonNull)
                .mapToDouble(value)
                .max()
                .orElse(1);
    }

    /** {@return how high it must be for its bars} */
    @JsonIgnore
    public int getHeightPixels() {
        return FRAME_PIXELS + labels.size() * (series.size() * BAR_PIXELS + GROUP_PIXELS);
    }

    /** {@return what the template of a figure takes} */
    Map<String, Object> model() {
        String cut = " Thin bars that reach the right edge go on; the table has their ends.";
        return Map.of(
                "id",
                id,
                "title",
                title,
                "description",
                description + (isCut() ? cut : ""),
                "heightPixels",
                getHeightPixels(),
                "json",
                Templates.scriptData(Json.MAPPER.valueToTree(this)));
    }
}
