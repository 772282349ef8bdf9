// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Availability;
import dev.cpulocal.cli.doctor.Findings.Capability;
import dev.cpulocal.cli.doctor.Findings.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTextTest {

    private static final Availability NO = Availability.unavailable("it rains", "take a coat");

    @Test
    void everyNoSaysWhyAndWhatToDoAndTheSameReasonOnlyOnce() {
        List<Capability> capabilities =
                List.of(
                        Capability.of("a", "first", NO),
                        Capability.of("b", "second", Availability.available()),
                        Capability.of("c", "third", NO),
                        Capability.of("d", "fourth", Availability.unavailable("it snows", "")));

        assertEquals(
                """
                  no   first   why: it rains
                               do:  take a coat
                  yes  second
                  no   third   why: for the same reason
                  no   fourth  why: it snows
                """,
                FindingsText.capabilities(capabilities));
    }

    @Test
    void theVerdictOfThePortableModeSaysWhyAndWhatToDo() {
        assertEquals(
                "Portable mode: everything works with the same results, slower, because it rains; to"
                        + " change that, take a coat.",
                Examination.verdict(Mode.PORTABLE, NO, NO));
        assertEquals(
                "Portable mode: everything works with the same results, slower, because it snows.",
                Examination.verdict(Mode.PORTABLE, Availability.unavailable("it snows", ""), NO));
    }

    @Test
    void theVerdictNamesTheIndexModesThereAre() {
        Availability yes = Availability.available();
        assertTrue(
                Examination.verdict(Mode.RSEQ, yes, yes)
                        .contains("by CPU id and by concurrency id;"));
        assertTrue(Examination.verdict(Mode.RSEQ, yes, NO).contains("by CPU id;"));
    }
}
