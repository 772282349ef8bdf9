// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What tests look for in the traces of the museum. */
public final class Traces {

    private Traces() {}

    /** {@return the trace of a variant of an entry} */
    public static Trace of(String id, String variant, MemoryModel memoryModel) {
        Model model =
                Museum.scenarios().stream()
                        .filter(scenario -> scenario.id().equals(id))
                        .flatMap(scenario -> scenario.variants().stream())
                        .filter(one -> one.name().equals(variant))
                        .map(Variant::model)
                        .findFirst()
                        .orElseThrow();
        return Objects.requireNonNull(Checker.of(memoryModel).check(model).trace());
    }

    /** Checks that steps come in an order, each somewhere behind the one before. */
    public static void assertInOrder(Trace trace, String... texts) {
        List<String> steps = trace.steps().stream().map(Step::text).toList();
        int at = -1;
        for (String text : texts) {
            at = next(steps, text, at + 1);
            assertTrue(at >= 0, () -> text + " of " + Arrays.toString(texts) + " in " + steps);
        }
    }

    private static int next(List<String> steps, String text, int from) {
        for (int at = from; at < steps.size(); at++) {
            if (steps.get(at).startsWith(text)) {
                return at;
            }
        }
        return -1;
    }
}
