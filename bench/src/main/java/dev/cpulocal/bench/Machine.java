// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where and when something was measured, for the head of tables. */
public final class Machine {

    private Machine() {}

    /**
     * {@return the processor, the CPUs, the kernel, the JDK and today}
     *
     * @throws IOException if there is no {@code /proc}
     */
    public static String describe() throws IOException {
        String processor =
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(line -> line.startsWith("model name"))
                        .findFirst()
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .orElse(System.getProperty("os.arch"));
        return "%s, %d CPUs, Linux %s, JDK %s, %s"
                .formatted(
                        processor,
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.version"),
                        Runtime.version(),
                        LocalDate.now(ZoneOffset.UTC));
    }
}
