// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.cpulocal.cli.ExitCode;
import dev.cpulocal.cli.prove.LitmusProblem.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code prove} found out about litmus files, as {@code --json} prints it: the names of the
 * components are an interface.
 *
 * @param version of cpulocal
 * @param threads how many files were run at a time
 * @param reduced whether with partial-order reduction
 * @param nanos how long all took
 * @param tests the answers, and what there is of those that a budget ended
 * @param refused the files that ask for something that is not covered
 * @param malformed the files that break the rules
 * @param failed the files that made something happen that nobody foresaw
 * @param comparison with what herd found; null if nobody asked
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record LitmusReport(
        String version,
        int threads,
        boolean reduced,
        long nanos,
        List<LitmusAnswer> tests,
        List<LitmusProblem> refused,
        List<LitmusProblem> malformed,
        List<LitmusProblem> failed,
        @Nullable Comparison comparison) {

    static LitmusReport of(
            String version, Searching searching, long nanos, List<LitmusOutcome> outcomes) {
        return new LitmusReport(
                version,
                searching.threads(),
                searching.reduced(),
                nanos,
                outcomes.stream()
                        .filter(LitmusAnswer.class::isInstance)
                        .map(LitmusAnswer.class::cast)
                        .toList(),
                problems(outcomes, Kind.REFUSED),
                problems(outcomes, Kind.MALFORMED),
                problems(outcomes, Kind.UNEXPECTED),
                null);
    }

    private static List<LitmusProblem> problems(List<LitmusOutcome> outcomes, Kind kind) {
        return outcomes.stream()
                .filter(LitmusProblem.class::isInstance)
                .map(LitmusProblem.class::cast)
                .filter(problem -> problem.kind() == kind)
                .toList();
    }

    /** {@return the same with what herd found beside it} */
    public LitmusReport with(Comparison newComparison) {
        return new LitmusReport(
                version, threads, reduced, nanos, tests, refused, malformed, failed, newComparison);
    }

    /** {@return how many searches ended before their ends} */
    long exhausted() {
        return tests.stream().filter(test -> !test.complete()).count();
    }

    /** {@return how many files there were, each as often as it was run} */
    int size() {
        return tests.size() + refused.size() + malformed.size() + failed.size();
    }

    /** {@return what the command ends with} */
    public int exitCode() {
        if (!failed.isEmpty()) {
            return ExitCode.INTERNAL;
        }
        if (comparison != null && !comparison.agrees()) {
            return ExitCode.FAILED;
        }
        if (!malformed.isEmpty()) {
            return ExitCode.USAGE;
        }
        if (exhausted() > 0) {
            return ExitCode.EXHAUSTED;
        }
        return refused.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }
}
