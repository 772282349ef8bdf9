// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.environment.Jvm.Report;

/** What a {@link Probe} must have reported, by the way its sequences ran. */
final class Reports {

    private Reports() {}

    /** Every operation ran as machine code, but for the few that were disturbed too often. */
    static void assertNative(Report report) {
        assertExact(report);
        long loops = number(report, "loops");
        assertAll(
                report.output(),
                () -> assertEquals("true", report.fact("rseq.available")),
                () -> assertTrue(number(report, "completions") < loops / 50),
                () -> assertTrue(number(report, "row.atomic") < loops / 50));
    }

    /** Some threads ran machine code and some did not. */
    static void assertMixed(Report report) {
        assertExact(report);
        long loops = number(report, "loops");
        long completions = number(report, "completions");
        long atomic = number(report, "row.atomic");
        assertAll(
                report.output(),
                () -> assertEquals("SOME", report.fact("threads")),
                () -> assertTrue(completions > loops / 50 && completions < 2 * loops - loops / 50),
                () -> assertTrue(atomic > loops / 50 && atomic < loops - loops / 50));
    }

    /** No operation ran as machine code: both sequences of each loop were completed. */
    static void assertPortable(Report report) {
        assertExact(report);
        long loops = number(report, "loops");
        assertAll(
                report.output(),
                () -> assertEquals("false", report.fact("rseq.available")),
                () -> assertEquals(2 * loops, number(report, "completions")),
                () -> assertEquals(loops, number(report, "row.atomic")));
    }

    private static void assertExact(Report report) {
        long loops = number(report.succeeded(), "loops");
        assertAll(
                report.output(),
                () -> assertEquals(80_000, loops),
                () -> assertEquals(0, number(report, "failures")),
                () -> assertEquals(loops, number(report, "counter")),
                () -> assertEquals(loops, number(report, "row")),
                () -> assertEquals(loops, number(report, "added")),
                () -> assertEquals(number(report, "replacements"), number(report, "replaced")),
                () -> assertTrue(number(report, "replacements") > 0),
                () -> assertEquals(number(report, "ranges"), number(report, "remote")));
    }

    static long number(Report report, String fact) {
        return Long.parseLong(report.fact(fact));
    }
}
