// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Cpu;
import dev.cpulocal.environment.Jvm.Report;
import org.junit.jupiter.api.Test;

/** JVMs with a single carrier. */
class VirtualThreadsTest {

    @Test
    void interruptedWaiterLeavesItsCarrierToTheHolder() throws InterruptedException {
        assumeTrue(Cpu.possible().last() > 0, "one CPU is possible");
        Report report =
                Jvm.onClassPath(InterruptedWaiter.class)
                        .option("-Djdk.virtualThreadScheduler.parallelism=1")
                        .option("-Djdk.virtualThreadScheduler.maxPoolSize=1")
                        .run()
                        .succeeded();
        assertEquals("true", report.fact("holder.ended"), report.output());
        assertEquals("true", report.fact("waiter.ended"));
        assertEquals("true", report.fact("interrupted"));
        assertEquals("2", report.fact("first"));
        assertEquals("1", report.fact("last"));
    }
}
