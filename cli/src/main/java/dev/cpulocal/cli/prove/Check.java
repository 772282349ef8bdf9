// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the checker is asked once: a variant of a scenario under a memory model.
 *
 * @param scenario the scenario
 * @param variant one of its variants
 * @param memoryModel the memory model
 * @param expected the verdict that it must have; null if any will do
 */
public record Check(
        Scenario scenario,
        Variant variant,
        MemoryModel memoryModel,
        Verdict.@Nullable Kind expected) {

    /**
     * {@return what a scenario asks, variant by variant, from the strongest memory model to the
     * weakest}
     *
     * @param scenario the scenario
     * @param memoryModels the only ones to ask about; all if empty
     * @param evenUnexpected whether to ask about those too of which nothing is expected
     */
    public static List<Check> of(
            Scenario scenario, List<MemoryModel> memoryModels, boolean evenUnexpected) {
        return scenario.variants().stream()
                .flatMap(variant -> of(scenario, variant, memoryModels, evenUnexpected))
                .toList();
    }

    private static Stream<Check> of(
            Scenario scenario,
            Variant variant,
            List<MemoryModel> memoryModels,
            boolean evenUnexpected) {
        boolean open = variant.expected().isEmpty() || (evenUnexpected && !memoryModels.isEmpty());
        return Arrays.stream(MemoryModel.values())
                .filter(model -> memoryModels.isEmpty() || memoryModels.contains(model))
                .filter(model -> open || variant.expected().containsKey(model))
                .map(model -> new Check(scenario, variant, model, variant.expected().get(model)));
    }
}
