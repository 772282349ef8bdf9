// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Kernel;
import java.util.List;
import java.util.Set;

/** The fallback guarantees progress: without it, signals can restart a section for ever. */
final class ProgressProof {

    private static final Setup ONE = new Setup(Kernel.Config.of(1, 1), Set.of(), "");

    private ProgressProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/progress",
                "An operation completes, however often its attempts are restarted",
                """
                Signals come as often as they like, as they do under a debugger that stops a \
                thread before every instruction. An attempt may never commit then. After a bounded \
                number of attempts the operation is completed while the range is stopped, and \
                nothing of that restarts.\
                """,
                List.of(
                        Variant.of(
                                        "fallback",
                                        "One attempt, then the completion.",
                                        model("progress, fallback", true))
                                .holds(SC),
                        Variant.of(
                                        "no fallback",
                                        "Attempts only: restarted for ever.",
                                        model("progress, no fallback", false))
                                .violated(SC)));
    }

    private static Model model(String name, boolean completes) {
        return Example.model(
                name,
                ONE,
                (m, example) -> {
                    var thread =
                            example.kernel()
                                    .thread(
                                            "A",
                                            c -> {
                                                if (completes) {
                                                    example.calls()
                                                            .call(
                                                                    c,
                                                                    example.add(),
                                                                    Calls.After.COMPLETE);
                                                } else {
                                                    example.calls()
                                                            .call(
                                                                    c,
                                                                    example.add(),
                                                                    Calls.After.RETRY);
                                                }
                                            });
                    m.againAndAgain("the call has come to its end", thread.ended());
                });
    }
}
