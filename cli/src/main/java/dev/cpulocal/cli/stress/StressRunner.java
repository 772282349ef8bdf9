// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.IndexMode;
import dev.cpulocal.cli.stress.StressResult.ModeOutcome;
import dev.cpulocal.cli.terminal.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the self-check and all modes, one process after the other.
 *
 * @param version of cpulocal
 * @param modes which to run
 * @param families which operations
 * @param duration how long all modes work together
 * @param threads how many threads work in each
 * @param selfChecked what the self-check runs: imitations that lose updates
 * @param tested what the modes run: the library
 */
public record StressRunner(
        String version,
        List<Mode> modes,
        List<FamilyName> families,
        Duration duration,
        int threads,
        Tested selfChecked,
        Tested tested) {

    private static final Duration SELF_CHECK = Duration.ofMillis(400);
    private static final Duration START = Duration.ofMillis(1250);

    /** {@return a run of the library, with the usual self-check} */
    public static StressRunner of(String version, Duration duration, int threads) {
        return new StressRunner(
                version,
                Mode.all(),
                FamilyName.all(),
                duration,
                threads,
                Tested.BROKEN,
                Tested.REAL);
    }

    /** {@return how many threads work if the user does not say} */
    public static int defaultThreads() {
        return 8 * Runtime.getRuntime().availableProcessors();
    }

    /** {@return how long {@link #run} takes} */
    public Duration expected() {
        return duration.plus(SELF_CHECK).plus(START.multipliedBy(modes.size() + 1L));
    }

    /** {@return how it went; without modes if the self-check saw nothing} */
    public StressResult run(Progress progress) throws IOException, InterruptedException {
        progress.say("self-check: imitations that lose updates");
        Mode first = new Mode("on", IndexMode.CPU_ID);
        // Fewer would lose too little, whatever the user wants to run.
        int enough = Math.max(threads, defaultThreads());
        Outcome selfCheck =
                new Child(first, selfChecked, families, enough, SELF_CHECK).run(progress);
        StressResult checked =
                new StressResult(version, duration.toMillis(), threads, selfCheck, List.of());
        return checked.selfCheckSeesLosses()
                ? new StressResult(
                        version, duration.toMillis(), threads, selfCheck, runModes(progress))
                : checked;
    }

    private List<ModeOutcome> runModes(Progress progress) throws IOException, InterruptedException {
        List<ModeOutcome> outcomes = new ArrayList<>();
        Duration each = duration.dividedBy(modes.size());
        for (Mode mode : modes) {
            progress.say(mode.toString());
            Outcome outcome = new Child(mode, tested, families, threads, each).run(progress);
            outcomes.add(ModeOutcome.of(mode, outcome));
        }
        return outcomes;
    }
}
