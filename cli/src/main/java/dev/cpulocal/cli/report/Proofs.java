// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.cli.prove.CheckResult;
import dev.cpulocal.cli.prove.ProveResult;
import dev.cpulocal.cli.prove.ProveText;

/**
 * What the model checker found, without the traces, which are in pages of their own.
 *
 * @param passed whether every verdict is the expected one
 * @param summary the whole in a sentence
 * @param scenarios how many there are
 * @param checks how many were made
 * @param states how many states were searched
 * @param pages where the pages about the scenarios are, seen from the report
 */
public record Proofs(
        boolean passed, String summary, long scenarios, long checks, long states, String pages) {

    /**
     * {@return what was found}
     *
     * @param result the answers
     * @param pages where the pages are
     */
    public static Proofs of(ProveResult result, String pages) {
        return new Proofs(
                result.passed(),
                ProveText.summary(result),
                result.checks().stream().map(CheckResult::id).distinct().count(),
                result.checks().size(),
                result.checks().stream().mapToLong(CheckResult::states).sum(),
                pages);
    }
}
