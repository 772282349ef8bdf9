// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.UsageException;
import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.lab.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes checks, one after the other.
 *
 * @param version of cpulocal
 * @param checks what to ask
 * @param searching how
 */
public record ProveRunner(String version, List<Check> checks, Searching searching) {

    /** {@return the answers} */
    public ProveResult run(StatusLine status) {
        long began = System.nanoTime();
        List<CheckResult> results = new ArrayList<>();
        for (Check check : checks) {
            String what = results.size() + 1 + " of " + checks.size() + ", " + name(check);
            status.say(what);
            results.add(CheckResult.of(check, verdict(check, what, status)));
        }
        return new ProveResult(
                version,
                searching.threads(),
                searching.reduced(),
                System.nanoTime() - began,
                results);
    }

    private Verdict verdict(Check check, String what, StatusLine status) {
        try {
            return searching
                    .checker(check.memoryModel(), what, status)
                    .check(check.variant().model());
        } catch (IllegalArgumentException e) {
            throw new UsageException(name(check) + ": " + e.getMessage());
        }
    }

    private static String name(Check check) {
        return String.join(
                " ", check.scenario().id(), check.variant().name(), check.memoryModel().title());
    }
}
