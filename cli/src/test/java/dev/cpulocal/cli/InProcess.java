// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cpulocal.cli.CommandLineRun.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** Runs the command in this JVM: the same as a process of its own, without its start. */
final class InProcess {

    private InProcess() {}

    static synchronized Result run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try (PrintStream newOut = new PrintStream(outBytes, true, UTF_8);
                PrintStream newErr = new PrintStream(errBytes, true, UTF_8)) {
            System.setOut(newOut);
            System.setErr(newErr);
            int code = Main.run(arguments);
            return new Result(code, outBytes.toString(UTF_8), errBytes.toString(UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
