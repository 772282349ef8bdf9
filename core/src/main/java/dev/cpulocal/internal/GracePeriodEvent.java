// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A grace period, for the flight recorder. */
@Name("dev.cpulocal.RcuGracePeriod")
@Label("RCU Grace Period")
@Category({"cpulocal", "RCU"})
@Description("A wait until all read sections have ended that had begun before")
@StackTrace(false)
final class GracePeriodEvent extends Event {

    @Label("Domain")
    String domain = "";

    @Label("Number")
    long number;

    @Label("Waited For Readers")
    @Description("Whether sections were under way when it began")
    boolean waitedForReaders;

    /** Ends it. */
    void end(String name, long gracePeriod, boolean waited) {
        end();
        if (shouldCommit()) {
            domain = name;
            number = gracePeriod;
            waitedForReaders = waited;
            commit();
        }
    }
}
