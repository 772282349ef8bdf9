// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.Verdict.StepKind;
import dev.cpulocal.lab.museum.Never;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The trace has the steps of the commit message. */
class Fpu08Test {

    private static List<Step> steps() {
        var model = Fpu08.model("owner reset", Change.EXEC_RESETS_OWNER, Never.NOTHING);
        Verdict verdict = Checker.of(MemoryModel.SC).check(model);
        return Objects.requireNonNull(verdict.trace()).steps();
    }

    private static Step last(List<Step> steps, String text) {
        return steps.stream()
                .filter(step -> step.text().startsWith(text))
                .reduce((_, second) -> second)
                .orElseThrow();
    }

    @Test
    void theOwnerIsResetOnAnotherCpuThanTheOneWithTheRegisters() {
        List<Step> steps = steps();

        assertEquals(1, last(steps, "fpu__drop(fpu)").cpu());
        assertEquals(0, last(steps, "fpu->last_cpu = cpu").cpu());
        assertEquals(0, last(steps, "if (!fpregs_state_valid(fpu, cpu)) → no").cpu());
    }

    @Test
    void theTaskIsPreemptedTwiceAndSavesItsRegistersOnce() {
        List<Step> steps = steps();

        assertEquals(2, steps.stream().filter(step -> step.kind() == StepKind.INTERRUPT).count());
        assertEquals(1, steps.stream().filter(step -> step.text().startsWith("save_fpregs")).count());
        assertTrue(steps.stream().noneMatch(step -> step.text().startsWith("restore_fpregs")));
    }
}
