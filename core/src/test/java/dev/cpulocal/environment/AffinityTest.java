// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Reports.assertNative;
import static dev.cpulocal.environment.Reports.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Cpu;
import dev.cpulocal.CpuSet;
import dev.cpulocal.Rseq;
import dev.cpulocal.environment.Jvm.Report;
import dev.cpulocal.internal.Libc;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** JVMs that may use fewer CPUs than there are. */
class AffinityTest {

    @BeforeAll
    static void needsRseq() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
    }

    @Test
    void oneAllowedCpuLeavesMigrationUntested() throws InterruptedException {
        CpuSet allowed = Libc.affinity(0);
        Report report = Jvm.onClassPath(Probe.class).onCpu(allowed.last()).run();
        assertNative(report);
        assertEquals(allowed.last(), number(report, "cpu"));
        assertEquals(Cpu.possible().last() + 1, number(report, "ranges"));
        assertEquals("ABORTED", report.fact("check.preemption"));
        assertEquals("NOT_TESTED", report.fact("check.migration"));
        assertEquals("one CPU is allowed", report.fact("detail.migration"));
    }

    @Test
    void rangesCoverAllPossibleCpusWhateverTheJvmCounts() throws InterruptedException {
        Report report = Jvm.onClassPath(Probe.class).option("-XX:ActiveProcessorCount=1").run();
        assertNative(report);
        assertEquals(Cpu.possible().last() + 1, number(report, "ranges"));
    }
}
