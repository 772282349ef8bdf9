// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * All runs of one {@code stress}, as {@code --json} prints them: the names of the components are an
 * interface.
 *
 * @param version of cpulocal
 * @param durationMillis how long the runs of all modes take together
 * @param threads how many worked in each
 * @param selfCheck the run of imitations that must be found to lose updates
 * @param modes the runs of the library
 */
public record StressResult(
        String version,
        long durationMillis,
        int threads,
        Outcome selfCheck,
        List<ModeOutcome> modes) {

    /**
     * The run of one mode.
     *
     * @param rseq the value of {@code cpulocal.rseq}
     * @param index the field that chooses the range
     * @param good whether all checks were made and nothing was lost
     * @param outcome how it went
     */
    public record ModeOutcome(String rseq, String index, boolean good, Outcome outcome) {

        static ModeOutcome of(Mode mode, Outcome outcome) {
            return new ModeOutcome(
                    mode.rseq(), mode.index().field(), outcome.nothingLost(), outcome);
        }
    }

    /** {@return whether the checks are able to see a lost update} */
    @JsonProperty("selfCheckSeesLosses")
    public boolean selfCheckSeesLosses() {
        return selfCheck.failures().isEmpty() && selfCheck.everyCheckSawLoss();
    }

    /** {@return how many updates the library lost; it must be none} */
    @JsonProperty("lostUpdates")
    public long lostUpdates() {
        return modes.stream().mapToLong(mode -> mode.outcome.lostUpdates()).sum();
    }

    /** {@return whether the checks can see and saw nothing} */
    @JsonProperty("passed")
    public boolean passed() {
        return selfCheckSeesLosses()
                && !modes.isEmpty()
                && modes.stream().allMatch(ModeOutcome::good);
    }
}
