// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.powerpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong first with each place of the call. */
class PowerpcWingTest {

    @ParameterizedTest
    @CsvSource({
        "interrupts disabled, user memory is read with interrupts enabled",
        "at system_call_exit, r12 is thread_info where its flags are read",
        "'at system_call_exit, r3 loaded again', r12 is thread_info where its flags are read",
        "not loaded again, the program gets the result",
    })
    void eachWrongPlaceBreaksItsOwn(String variant, String broken) {
        Verdict verdict =
                Ppc03.exhibit().scenario().variants().stream()
                        .filter(one -> one.name().equals(variant))
                        .findFirst()
                        .map(one -> Checker.of(MemoryModel.SC).check(one.model()))
                        .orElseThrow();

        assertEquals(broken, verdict.broken());
    }
}
