// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The section of the model checker. */
final class ProofsSection {

    private ProofsSection() {}

    static Section of(@Nullable Proofs proofs) {
        Map<String, Object> model =
                proofs == null
                        ? Map.of("made", false)
                        : Map.of(
                                "made", true,
                                "kind", StressSection.kind(proofs.passed()),
                                "summary", proofs.summary(),
                                "scenarios", proofs.scenarios(),
                                "pages", proofs.pages());
        return new Section("proofs", "Proofs", Pages.render("proofs", model));
    }
}
