// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Reports.assertPortable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.environment.Jvm.Report;
import org.junit.jupiter.api.Test;

/** JVMs that do not allow native calls: the same results in portable memory. */
class NativeAccessTest {

    private static final String DENY = "--illegal-native-access=deny";

    @Test
    void deniedToTheClassPath() throws InterruptedException {
        assertDenied(
                Jvm.withoutAccess(Probe.class).option(DENY).run(),
                "code on the class path",
                "ALL-UNNAMED");
    }

    @Test
    void deniedToTheModule() throws InterruptedException {
        assertDenied(
                Jvm.onModulePathWithoutAccess(Probe.class).option(DENY).run(),
                "module dev.cpulocal",
                "dev.cpulocal");
    }

    @Test
    void grantedToTheModule() throws InterruptedException {
        Report report =
                Jvm.onModulePathWithoutAccess(Probe.class)
                        .option(DENY)
                        .option("--enable-native-access=dev.cpulocal")
                        .run();
        assertEquals("none", report.succeeded().fact("membarrier.call"));
    }

    private static void assertDenied(Report report, String to, String grant) {
        assertPortable(report);
        String reason = report.fact("rseq.reason");
        String remedy = "start the JVM with --enable-native-access=" + grant;
        assertTrue(reason.startsWith("native access is denied to " + to), reason);
        assertEquals(remedy, report.fact("rseq.remedy"));
        assertEquals("false", report.fact("membarrier.available"));
        assertEquals(reason, report.fact("membarrier.reason"));
        assertEquals(remedy, report.fact("membarrier.remedy"));
        assertEquals(
                "UnsupportedOperationException: membarrier: " + reason,
                report.fact("membarrier.call"));
        assertEquals("-1", report.fact("cpu"));
    }
}
