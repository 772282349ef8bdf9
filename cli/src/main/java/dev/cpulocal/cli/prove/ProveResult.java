// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cpulocal.cli.ExitCode;
import java.util.List;

/**
 * What {@code prove} found out about scenarios, as {@code --json} prints it: the names of the
 * components are an interface.
 *
 * @param version of cpulocal
 * @param threads how many searched
 * @param reduced whether with partial-order reduction
 * @param nanos how long all took
 * @param checks the answers
 */
public record ProveResult(
        String version, int threads, boolean reduced, long nanos, List<CheckResult> checks) {

    /** {@return whether there was something to check and every verdict is the right one} */
    @JsonProperty("passed")
    public boolean passed() {
        return !checks.isEmpty() && checks.stream().allMatch(CheckResult::good);
    }

    /** {@return what the command ends with} */
    public int exitCode() {
        if (passed()) {
            return ExitCode.OK;
        }
        boolean onlyExhausted =
                checks.stream().allMatch(check -> check.good() || check.isExhausted());
        return onlyExhausted ? ExitCode.EXHAUSTED : ExitCode.FAILED;
    }
}
