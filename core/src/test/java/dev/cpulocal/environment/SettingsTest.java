// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Reports.assertMixed;
import static dev.cpulocal.environment.Reports.assertNative;
import static dev.cpulocal.environment.Reports.assertPortable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq;
import dev.cpulocal.environment.Jvm.Report;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Property, environment variable and glibc's tunable. */
class SettingsTest {

    @BeforeAll
    static void needsRseq() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
    }

    @Test
    void glibcRegistersThreadsByDefault() throws InterruptedException {
        Report report = Jvm.onClassPath(Probe.class).run();
        assertNative(report);
        assertEquals("GLIBC", report.fact("owner"));
        assertEquals("ALL", report.fact("threads"));
    }

    @Test
    void threadsRegisterThemselvesWhereGlibcDoesNot() throws InterruptedException {
        Report report =
                Jvm.onClassPath(Probe.class)
                        .variable("GLIBC_TUNABLES", "glibc.pthread.rseq=0")
                        .run();
        assertNative(report);
        assertEquals("CPULOCAL", report.fact("owner"));
        assertEquals("32", report.fact("lengthBytes"));
        assertNotEquals("-1", report.fact("cpu"));
    }

    @Test
    void propertyOnIsTheDefault() throws InterruptedException {
        assertNative(Jvm.onClassPath(Probe.class).option("-Dcpulocal.rseq=on").run());
    }

    @Test
    void propertyOffSwitchesOff() throws InterruptedException {
        assertOff(
                Jvm.onClassPath(Probe.class).option("-Dcpulocal.rseq=off").run(),
                "-Dcpulocal.rseq=off");
    }

    @Test
    void variableOneSwitchesOff() throws InterruptedException {
        assertOff(
                Jvm.onClassPath(Probe.class).variable("RSEQ_DISABLE", "1").run(), "RSEQ_DISABLE=1");
    }

    private static void assertOff(Report report, String setting) {
        assertPortable(report);
        assertEquals("NONE", report.fact("threads"));
        assertEquals("it is switched off by " + setting, report.fact("rseq.reason"));
        assertEquals("remove that setting", report.fact("rseq.remedy"));
    }

    @Test
    void propertyRandomMixesThreads() throws InterruptedException {
        assertMixed(Jvm.onClassPath(Probe.class).option("-Dcpulocal.rseq=random").run());
    }

    @Test
    void variableRandomMixesThreads() throws InterruptedException {
        assertMixed(Jvm.onClassPath(Probe.class).variable("RSEQ_DISABLE", "random").run());
    }

    @Test
    void variableRandomMixesThreadsThatRegisterThemselves() throws InterruptedException {
        assertMixed(
                Jvm.onClassPath(Probe.class)
                        .variable("RSEQ_DISABLE", "random")
                        .variable("GLIBC_TUNABLES", "glibc.pthread.rseq=0")
                        .run());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", ""})
    void variableZeroOrEmptyIsTheDefault(String value) throws InterruptedException {
        assertNative(Jvm.onClassPath(Probe.class).variable("RSEQ_DISABLE", value).run());
    }

    @Test
    void propertyBeatsVariable() throws InterruptedException {
        assertNative(
                Jvm.onClassPath(Probe.class)
                        .variable("RSEQ_DISABLE", "1")
                        .option("-Dcpulocal.rseq=on")
                        .run());
        assertOff(
                Jvm.onClassPath(Probe.class)
                        .variable("RSEQ_DISABLE", "nonsense")
                        .option("-Dcpulocal.rseq=off")
                        .run(),
                "-Dcpulocal.rseq=off");
    }

    @Test
    void nonsenseIsRefusedByNameAndExpectation() throws InterruptedException {
        assertRefused(
                Jvm.onClassPath(Probe.class).option("-Dcpulocal.rseq=yes").run(),
                "IllegalArgumentException: cpulocal.rseq: yes (expected: on, off or random)");
        assertRefused(
                Jvm.onClassPath(Probe.class).variable("RSEQ_DISABLE", "true").run(),
                "IllegalArgumentException: RSEQ_DISABLE: true (expected: 0, 1 or random)");
    }

    private static void assertRefused(Report report, String message) {
        assertEquals(1, report.exitCode(), report.output());
        assertTrue(report.output().contains(message), report.output());
    }

    @Test
    void nonsenseIsRefusedInTheSameWayEachTime() throws InterruptedException {
        Report report = Jvm.onClassPath(Probe.class, "cpu").option("-Dcpulocal.rseq=yes").run();
        String message =
                "IllegalArgumentException: cpulocal.rseq: yes (expected: on, off or random)";
        assertEquals(message, report.fact("cpu.first"));
        assertEquals(message, report.fact("cpu.second"));
    }

    @Test
    void firstUseByAnInterruptedThreadFindsWhatAnyOtherFinds() throws InterruptedException {
        Report report = Jvm.onClassPath(Probe.class, "interrupted").run();
        assertNative(report);
        assertEquals("true", report.fact("interrupted"));
    }

    @Test
    void firstUseByAVirtualThreadFindsWhatAnyOtherFinds() throws InterruptedException {
        assertNative(Jvm.onClassPath(Probe.class, "virtual").run());
    }
}
