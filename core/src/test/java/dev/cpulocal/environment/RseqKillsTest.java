// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq;
import dev.cpulocal.environment.Jvm.Report;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel kills a thread whose descriptor is wrong, which is why emitted descriptors are checked
 * so closely. Each case is a process of its own.
 */
class RseqKillsTest {

    private static final String KILLED = "SIGSEGV";

    private static Report report;

    @BeforeAll
    static void tryAll() throws InterruptedException {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
        report = CProgram.RSEQ_KILLS.runUnregistered();
    }

    private static void assertOutcome(String expected, String name) {
        assertEquals(expected, report.fact(name), name);
    }

    /** The counter-check: the same thread, section and signals, with nothing wrong. */
    @ParameterizedTest
    @CsvSource({
        "inside.valid, 1",
        "outside.valid, 0",
        "inside.misaligned, 1",
        "inside.readOnly, 1"
    })
    void validDescriptorAbortsOrIsDropped(String name, String expected) {
        assertOutcome(expected, name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pointer.unmapped",
                "pointer.kernel",
                "inside.signature",
                "inside.abort.kernel"
            })
    void whatCannotBeFollowedKills(String name) {
        assertOutcome(KILLED, name);
    }

    /** Version, flags, bounds and overlap; Linux 6.19 and later look only in debug mode. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "inside.version",
                "inside.start.kernel",
                "inside.end.kernel",
                "inside.end.overflow",
                "inside.abort.inside"
            })
    void wrongDescriptorKillsInTheSection(String name) {
        assumeChecks();
        assertOutcome(KILLED, name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "outside.signature",
                "outside.version",
                "outside.start.kernel",
                "outside.end.kernel",
                "outside.end.overflow",
                "outside.abort.kernel",
                "outside.abort.inside"
            })
    void wrongDescriptorKillsEvenElsewhere(String name) {
        assumeChecks();
        assertOutcome(KILLED, name);
    }

    /** Flags of the descriptor and of the area, since Linux 6.1; no flag means anything. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void flagKillsInTheSectionOnly(int flag) {
        assumeChecks();
        for (String place : new String[] {"flags.", "area.flags."}) {
            assertOutcome(KILLED, "inside." + place + flag);
            assertOutcome("0", "outside." + place + flag);
        }
    }

    @Test
    void everyCaseIsReported() {
        assertEquals(4 + 2 * 16, report.facts().size(), report.output());
    }

    private static void assumeChecks() {
        String release = System.getProperty("os.version");
        Matcher version = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(release);
        assumeTrue(version.matches(), release);
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        boolean checks = major == 6 && minor >= 1 && minor < 19;
        assumeTrue(checks, "Linux " + release + " does not check descriptors like this");
    }
}
