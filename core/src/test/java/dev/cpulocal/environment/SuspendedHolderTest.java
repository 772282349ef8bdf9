// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A thread that is suspended while it holds a range does not let others hang silently. */
class SuspendedHolderTest {

    @Test
    void waiterSaysWhoHoldsTheRangeAndWhere() throws InterruptedException {
        Jvm.Report report = Jvm.onClassPath(SuspendedHolder.class).run().succeeded();
        String log = report.fact("log");
        assertTrue(log.contains("range 0 has been stopped for "), log);
        assertTrue(log.contains("suspended-holder"), log);
        assertTrue(log.contains("; threads that wait: 1|"), log);
        assertTrue(log.contains("at dev.cpulocal.environment.SuspendedHolder.await"), log);
        assertEquals("1", report.fact("sum"));
    }
}
