// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Reports.assertNative;
import static dev.cpulocal.environment.Reports.assertPortable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Membarrier.Command;
import dev.cpulocal.Rseq;
import dev.cpulocal.environment.Jvm.Report;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Errno;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** System calls that a seccomp filter denies, as in containers, or that an old kernel lacks. */
class FilteredCallsTest {

    private static final int SCHED_SETAFFINITY_X64 = 203;

    @BeforeAll
    static void needsRseq() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
    }

    private static Architecture architecture() {
        return Architecture.current().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        Errno.ENOSYS + ", ENOSYS, use a kernel with CONFIG_MEMBARRIER",
        Errno.EPERM + ", EPERM, allow membarrier in the seccomp filter"
    })
    void membarrierIsDenied(int errno, String name, String remedy) throws InterruptedException {
        Report report =
                Jvm.onClassPath(Probe.class)
                        .denying(architecture().membarrierNumber(), errno)
                        .run();
        assertPortable(report);
        assertEquals("membarrier(QUERY) fails with " + name, report.fact("membarrier.reason"));
        assertEquals(
                "sequences cannot be fenced: membarrier(QUERY) fails with " + name,
                report.fact("rseq.reason"));
        assertTrue(report.fact("rseq.remedy").contains(remedy), report.output());
    }

    @Test
    void membarrierIsDeniedButForTheQuery() throws InterruptedException {
        Report report =
                Jvm.onClassPath(Probe.class)
                        .denying(
                                architecture().membarrierNumber(),
                                Errno.EPERM,
                                0,
                                -1,
                                Command.REGISTER_PRIVATE_EXPEDITED_RSEQ.value())
                        .run();
        assertPortable(report);
        assertEquals(
                "sequences cannot be fenced: membarrier(REGISTER_PRIVATE_EXPEDITED_RSEQ): EPERM",
                report.fact("rseq.reason"));
    }

    @ParameterizedTest
    @CsvSource({
        Errno.ENOSYS + ", ENOSYS, true", Errno.ENOSYS + ", ENOSYS, false",
        Errno.EPERM + ", EPERM, true", Errno.EPERM + ", EPERM, false"
    })
    void rseqIsDenied(int errno, String name, boolean glibcTries) throws InterruptedException {
        Report report =
                Jvm.onClassPath(Probe.class)
                        .denying(architecture().rseqNumber(), errno)
                        .variable("GLIBC_TUNABLES", "glibc.pthread.rseq=" + (glibcTries ? 1 : 0))
                        .run();
        assertPortable(report);
        assertEquals("NONE", report.fact("owner"));
        assertEquals("rseq(2) fails with " + name, report.fact("rseq.reason"));
        assertTrue(
                report.fact("rseq.remedy").contains("allow rseq in the seccomp filter"),
                report.output());
    }

    /** The JVM itself needs executable memory, so it is denied after start-up. */
    @Test
    void executableMemoryIsDenied() throws InterruptedException {
        Report report = Jvm.onClassPath(Probe.class, "inexecutable").option("-Xint").run();
        assertPortable(report);
        assertEquals(
                "emitted code cannot be executed: mprotect to executable: EACCES",
                report.fact("rseq.reason"));
        assertEquals("allow this process executable anonymous memory", report.fact("rseq.remedy"));
    }

    @Test
    void affinityIsDenied() throws InterruptedException {
        Report report =
                Jvm.onClassPath(Probe.class).denying(SCHED_SETAFFINITY_X64, Errno.EPERM).run();
        assertNative(report);
        for (String cause : List.of("preemption", "migration")) {
            assertEquals("NOT_TESTED", report.fact("check." + cause), report.output());
            assertEquals("the kernel refused to do it", report.fact("detail." + cause));
        }
    }

    @Test
    void membarrierIsDeniedLater() throws InterruptedException {
        Report report = Jvm.onClassPath(LateFilter.class).run().succeeded();
        String refused = "UnsupportedOperationException: membarrier(PRIVATE_EXPEDITED_RSEQ): EPERM";
        assertEquals("none", report.fact("execute.before"));
        assertEquals(refused, report.fact("execute.after"));
        assertEquals(refused, report.fact("executeOnAll.after"));
        assertEquals("committed 0", report.fact("bound.after"));
        assertEquals(report.fact("counter.expected"), report.fact("counter"));
        assertEquals(report.fact("added.expected"), report.fact("added"));
        assertEquals("0", report.fact("completions"));
    }
}
