// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.MemoryModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The complete sets of final states of generated tests, next to those that herd finds. The
 * resources were printed by herd 7.58 for the files that {@link GeneratedTests} writes, those of
 * x86 with an axiom that keeps the two halves of a locked instruction together.
 */
class HerdAgreementTest {

    /** How many tests there are for each that is run without reductions too. */
    private static final int UNREDUCED_EACH = 8;

    private static Map<String, String> expected(Dialect dialect) throws IOException {
        String name = dialect.word().toLowerCase(Locale.ROOT) + ".txt";
        try (InputStream in =
                Objects.requireNonNull(HerdAgreementTest.class.getResourceAsStream(name))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .map(line -> line.split(": ", 2))
                    .collect(Collectors.toMap(line -> line[0], line -> line[1]));
        }
    }

    private static String states(LitmusResult result) {
        assertTrue(result.isComplete(), result.limit());
        return result.states().lines().stream()
                .map(line -> line.replaceAll(";$", ""))
                .collect(Collectors.joining(" | "));
    }

    private static Map<String, String> found(
            Map<String, String> tests, MemoryModel model, boolean reduced, int each) {
        Map<String, String> found = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, String> test : tests.entrySet()) {
            if (number++ % each == 0) {
                found.put(test.getKey(), states(Litmus.run(test.getValue(), model, reduced)));
            }
        }
        return found;
    }

    private static MemoryModel model(Dialects dialect) {
        return switch (dialect) {
            case X86 -> MemoryModel.TSO;
            case AARCH64 -> MemoryModel.ARMV8;
            case RISCV -> MemoryModel.RISCV;
        };
    }

    @ParameterizedTest
    @EnumSource(Dialects.class)
    void finalStatesAreThoseOfHerd(Dialects dialect) throws IOException {
        Map<String, String> found = found(GeneratedTests.of(dialect), model(dialect), true, 1);
        assertEquals(new HashMap<>(expected(dialect)), new HashMap<>(found));
    }

    @ParameterizedTest
    @EnumSource(Dialects.class)
    void reductionsChangeNoFinalState(Dialects dialect) {
        Map<String, String> tests = GeneratedTests.of(dialect);
        assertEquals(
                found(tests, model(dialect), true, UNREDUCED_EACH),
                found(tests, model(dialect), false, UNREDUCED_EACH));
    }

    @ParameterizedTest
    @EnumSource(Dialects.class)
    void anotherModelHasOtherFinalStates(Dialects dialect) throws IOException {
        Map<String, String> tests = GeneratedTests.of(dialect);
        tests.keySet().removeIf(name -> name.matches(".*\\+(STXR|sc)(\\+.*)?"));
        Map<String, String> consistent = found(tests, MemoryModel.SC, true, UNREDUCED_EACH);
        Map<String, String> expected = expected(dialect);
        long different =
                consistent.entrySet().stream()
                        .filter(test -> !test.getValue().equals(expected.get(test.getKey())))
                        .count();
        assertFalse(different == 0, "sequential consistency shows what weaker models show");
    }
}
