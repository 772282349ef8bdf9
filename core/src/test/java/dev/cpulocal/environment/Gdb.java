// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Reports.number;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.environment.Jvm.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Scripts for gdb, run on a JVM that is {@link Debugged}. */
final class Gdb {

    /** The section of an addition, with the names that the library gives to its parts. */
    static final String ADD = "cpulocal::load_add_store [cpu_id, 65536]";

    /** Signals are the JVM's own business. */
    private static final String PREFACE =
            """
            set pagination off
            set debuginfod enabled off
            handle all nostop noprint pass
            """;

    private Gdb() {}

    /** {@return what gdb and the JVM said; whatever gdb did, nothing was lost} */
    static Report run(String commands) throws IOException, InterruptedException {
        Path script = Files.createTempFile("cpulocal", ".gdb");
        try {
            Files.writeString(script, PREFACE + commands + "\ndelete\ndetach\n");
            Report report =
                    Jvm.onClassPath(Debugged.class, script.toString())
                            .option("-Dcpulocal.symbols=gdb")
                            .run()
                            .succeeded();
            Named.delete(number(report, "process"));
            assertEquals("0", report.fact("gdb"), report.output());
            assertEquals(number(report, "operations"), number(report, "sum"), report.output());
            return report;
        } finally {
            Files.delete(script);
        }
    }

    /** {@return how many operations had to be completed while gdb was there} */
    static long completions(Report report) {
        return number(report, "completions") - number(report, "completions.before");
    }
}
