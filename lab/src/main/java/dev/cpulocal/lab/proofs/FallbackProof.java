// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Signals;
import java.util.List;

/**
 * Bound functions as they are: attempts, and then the completion, which several may want at once.
 */
final class FallbackProof {

    private static final Setup RIGHT = Setup.RIGHT.with(Signals.NONE);

    private FallbackProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/fallback",
                "Attempts, then the completion from elsewhere",
                """
                Two threads call the same function. After each attempt that failed either tries \
                again or completes the operation on the range of the CPU it happens to be on: so \
                any number of tries is covered. They may complete on the same range at once; turns \
                keep them apart.\
                """,
                List.of(
                        variant("right", "As it is.", RIGHT).holds(SC, TSO, ARMV8),
                        variant(Mutant.DESCRIPTOR_ONCE).violated(SC, TSO),
                        variant(Mutant.NO_TURNS).violated(SC, TSO),
                        variant(Mutant.NO_FENCE).violated(SC, TSO),
                        variant(Mutant.RELEASE_EARLY).violated(SC, TSO),
                        variant(
                                        "reached: completion",
                                        "Right, but said never to do this.",
                                        RIGHT.claiming("an operation is completed from elsewhere"))
                                .violated(SC)));
    }

    private static Variant variant(Mutant mutant) {
        return variant(mutant.title(), mutant.text(), RIGHT.with(mutant));
    }

    private static Variant variant(String name, String text, Setup setup) {
        return Variant.of(name, text, model("fallback, " + name, setup));
    }

    private static Model model(String name, Setup setup) {
        return Example.model(
                name,
                setup,
                (m, example) -> {
                    for (String thread : List.of("A", "B")) {
                        example.kernel()
                                .thread(thread, c -> example.calls().complete(c, example.add()));
                    }
                    // A third one makes the others share a CPU, and move.
                    example.kernel()
                            .thread(
                                    "C",
                                    c ->
                                            c.as("works on something else")
                                                    .let("cpu", example.kernel().rseq().cpuId(c)));
                    m.atEnd("no addition is lost", example.sum().eq(2));
                });
    }
}
