// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq;
import java.util.List;
import org.junit.jupiter.api.Test;

class CBaselineTest {

    @Test
    void theProgramCompilesAndCountsExactlyInTwoThreads() {
        try (CBaseline baseline = CBaseline.build()) {
            assumeTrue(baseline.availability().isAvailable(), baseline.availability().reason());

            List<Double> samples = baseline.run(2, 16, 3, 5);

            assertEquals(3, samples.size());
            assertTrue(
                    samples.stream().allMatch(nanos -> nanos > 0.1 && nanos < 1e9),
                    samples::toString);
        }
    }

    @Test
    void itIsAvailableWhereThereIsRseqAndACompiler() throws Exception {
        assumeTrue(Rseq.availability().isAvailable());
        assumeTrue(hasGcc());
        try (CBaseline baseline = CBaseline.build()) {
            assertTrue(baseline.availability().isAvailable(), baseline.availability()::reason);
        }
    }

    @Test
    void withoutACompilerItSaysSo() {
        assumeTrue(Rseq.availability().isAvailable());
        try (CBaseline baseline = CBaseline.build("no-such-compiler")) {
            assertEquals("there is no no-such-compiler", baseline.availability().reason());
            assertThrows(IllegalStateException.class, () -> baseline.run(1, 1, 1, 1));
        }
    }

    @Test
    void aCompilerThatFailsIsReported() {
        assumeTrue(Rseq.availability().isAvailable());
        try (CBaseline baseline = CBaseline.build("false")) {
            assertFalse(baseline.availability().isAvailable());
            assertTrue(
                    baseline.availability().reason().startsWith("the C program does not compile"));
        }
    }

    private static boolean hasGcc() {
        return List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(path ->
                        java.nio.file.Files.isExecutable(java.nio.file.Path.of(path, "gcc")));
    }
}
