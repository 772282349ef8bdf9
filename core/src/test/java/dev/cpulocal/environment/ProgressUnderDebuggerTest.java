// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Gdb.ADD;
import static dev.cpulocal.environment.Gdb.completions;
import static dev.cpulocal.environment.Reports.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq;
import dev.cpulocal.environment.Jvm.Report;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Operations that are debugged with gdb are completed, and count.
 *
 * <p>A thread that stops in a section is scheduled out there, so the kernel aborts the section when
 * the thread goes on: nobody can step through one, and one with a breakpoint inside never commits.
 * The bound function tries nine times, then completes the operation. So of the attempts that gdb
 * spoils one in nine is a completion, but for those of the first and the last operation.
 */
@Timeout(240)
class ProgressUnderDebuggerTest {

    private static final int ATTEMPTS = 54;
    private static final int LEAST_COMPLETIONS = ATTEMPTS / 9 - 2;

    @BeforeAll
    static void needsRseq() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
    }

    /** {@return commands repeated for each attempt, which begin when the thread stops} */
    private static String atEachStop(String place, String commands) {
        return """
        set scheduler-locking step
        set $start = (long)&'%1$s'
        set $commit = (long)&'%1$s commit'
        set $abort = (long)&'%1$s abort'
        set $attempts = 0
        set $steps = 0
        set $aborts = 0
        break *%2$s
        while $attempts < %3$d
          continue
          %4$s
          set $attempts = $attempts + 1
        end
        printf "attempts=%%d\\n", $attempts
        printf "steps=%%d\\n", $steps
        printf "aborts=%%d\\n", $aborts
        """
                .formatted(ADD, place, ATTEMPTS, commands);
    }

    @Test
    void operationsThatAreSteppedThroughAreCompletedAndCount() throws Exception {
        Report report =
                Gdb.run(
                        atEachStop(
                                "&'" + ADD + " entry'",
                                """
                                while $pc <= $start
                                  stepi
                                end
                                while $pc > $start && $pc < $commit
                                  set $steps = $steps + 1
                                  stepi
                                end
                                if $pc >= $abort && $pc < $abort + 16
                                  set $aborts = $aborts + 1
                                end
                                """));
        assertEquals(ATTEMPTS, number(report, "attempts"), report.output());
        assertEquals(0, number(report, "steps"), report.output());
        assertEquals(ATTEMPTS, number(report, "aborts"), report.output());
        assertTrue(completions(report) >= LEAST_COMPLETIONS, report.output());
    }

    @Test
    void operationsWithABreakpointInsideAreCompletedAndCount() throws Exception {
        Report report = Gdb.run(atEachStop("($start + 8)", ""));
        assertEquals(ATTEMPTS, number(report, "attempts"), report.output());
        assertTrue(completions(report) >= LEAST_COMPLETIONS, report.output());
    }

    /** Before and behind the section a breakpoint spoils nothing. */
    @Test
    void operationsWithBreakpointsOutsideCommit() throws Exception {
        Report report =
                Gdb.run(
                        "break *&'%1$s commit'\n".formatted(ADD)
                                + atEachStop("&'" + ADD + " entry'", ""));
        assertEquals(ATTEMPTS, number(report, "attempts"), report.output());
        assertTrue(completions(report) <= 1, report.output());
    }

    /**
     * Why the script of the library switches displaced stepping off: with it, the kernel forgets
     * the section and lets it commit although the thread was scheduled out in it.
     */
    @Test
    void displacedSteppingWouldLetASectionCommitUnprotected() throws Exception {
        Report report = Gdb.run("set displaced-stepping on\n" + atEachStop("($start + 8)", ""));
        assertEquals(ATTEMPTS, number(report, "attempts"), report.output());
        assertTrue(completions(report) <= 1, report.output());
    }
}
