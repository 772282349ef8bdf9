// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiburcuTest {

    @TempDir private Path directory = Path.of("");

    @Test
    void sectionsAreMeasuredInOneThreadAndInTwo() {
        try (Liburcu liburcu = available()) {
            assertSamples(3, liburcu.read(1, 3, 5));
            assertSamples(2, liburcu.read(2, 2, 5));
        }
    }

    @Test
    void gracePeriodsAreMeasuredWithReadersAndWithout() {
        try (Liburcu liburcu = available()) {
            assertSamples(3, liburcu.synchronize(0, 1, 3, 5));
            assertSamples(2, liburcu.synchronize(1, 2, 2, 5));
        }
    }

    @Test
    void itIsAvailableWhereItsHeadersAre() {
        assumeTrue(headersExist());
        try (Liburcu liburcu = Liburcu.build()) {
            assertTrue(liburcu.availability().isAvailable(), liburcu.availability()::reason);
        }
    }

    @Test
    void withoutACompilerItSaysSo() {
        try (Liburcu liburcu = Liburcu.build("no-such-compiler")) {
            assertEquals("there is no no-such-compiler", liburcu.availability().reason());
            assertThrows(IllegalStateException.class, () -> liburcu.read(1, 1, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gcc --sysroot=/nowhere \"$@\"", "gcc ${@/#-lurcu-memb/-lurcu-memb-not}"})
    void withoutHeadersOrTheLibraryItNamesThePackage(String command) throws IOException {
        assumeTrue(headersExist());
        try (Liburcu liburcu = Liburcu.build(script(command))) {
            assertEquals("there is no liburcu", liburcu.availability().reason());
            assertEquals("install liburcu-dev", liburcu.availability().remedy());
        }
    }

    @Test
    void aProgramThatFailsIsReported() throws IOException {
        String failing =
                "printf '#!/bin/sh\\necho no membarrier; exit 1\\n' >program; chmod +x program";
        try (Liburcu liburcu = Liburcu.build(script(failing))) {
            assertFalse(liburcu.availability().isAvailable());
            assertEquals("no membarrier", liburcu.availability().reason());
        }
    }

    private static Liburcu available() {
        Liburcu liburcu = Liburcu.build();
        assumeTrue(liburcu.availability().isAvailable(), liburcu.availability().reason());
        return liburcu;
    }

    private static void assertSamples(int count, List<Double> nanos) {
        assertEquals(count, nanos.size());
        assertTrue(nanos.stream().allMatch(each -> each > 0), nanos::toString);
    }

    private static boolean headersExist() {
        Path include = Path.of("/usr/include");
        String architecture = System.getProperty("os.arch").replace("amd64", "x86_64");
        return Stream.of(include, include.resolve(architecture + "-linux-gnu"))
                .anyMatch(path -> Files.exists(path.resolve("urcu/urcu-memb.h")));
    }

    /** {@return a command that does what these words of a shell do with its arguments} */
    private String script(String words) throws IOException {
        Path script = directory.resolve("compiler");
        Files.writeString(script, "#!/bin/bash\n" + words + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }
}
