// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Rseq;
import java.time.Duration;
import java.util.List;

/** What the process of one mode does. */
public final class Work {

    private static final int MOST_ROUNDS = 25;
    private static final int STATUS_OF_THE_DYING = 134;

    private Work() {}

    /**
     * {@return how the run went}
     *
     * <p>Imitations are run again until each check has seen a loss in some run, but not for ever.
     *
     * @param tested what to put under stress
     * @param families which operations of it
     * @param index what chooses the range
     * @param threads how many threads work
     * @param duration how long
     */
    public static Outcome run(
            Tested tested,
            List<FamilyName> families,
            IndexMode index,
            int threads,
            Duration duration)
            throws InterruptedException {
        return switch (tested) {
            case REAL -> {
                boolean code = machineCode(index);
                yield Run.run(new RealSubject(index), families, threads, duration, code);
            }
            case BROKEN -> runBroken(families, threads, duration);
            case DYING -> {
                Runtime.getRuntime().halt(STATUS_OF_THE_DYING);
                throw new AssertionError("halted");
            }
        };
    }

    private static boolean machineCode(IndexMode index) {
        return switch (index) {
            case CPU_ID -> Rseq.availability().isAvailable();
            case CONCURRENCY_ID -> Rseq.concurrencyId().isAvailable();
        };
    }

    private static Outcome runBroken(List<FamilyName> families, int threads, Duration duration)
            throws InterruptedException {
        Outcome outcome = Run.run(new BrokenSubject(), families, threads, duration, false);
        for (int round = 1; round < MOST_ROUNDS && !outcome.everyCheckSawLoss(); round++) {
            outcome = outcome.and(Run.run(new BrokenSubject(), families, threads, duration, false));
        }
        return outcome;
    }
}
