// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.museum.Never;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The trace has the steps of the commit message. */
class Fpu08Test {

    private static List<Step> steps() {
        var model = Fpu08.VARIANTS.model("owner reset", Change.EXEC_RESETS_OWNER, Never.NOTHING);
        Verdict verdict = Checker.of(MemoryModel.SC).check(model);
        return Objects.requireNonNull(verdict.trace()).steps();
    }

    private static Step last(List<Step> steps, String text) {
        return steps.stream()
                .filter(step -> step.text().startsWith(text))
                .reduce((_, second) -> second)
                .orElseThrow();
    }

    private static long count(List<Step> steps, String text) {
        return steps.stream().filter(step -> step.text().startsWith(text)).count();
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

        assertEquals(2, count(steps, "if (!TIF_NEED_FPU_LOAD)"));
        assertEquals(1, count(steps, "save_fpregs_to_fpstate"));
        assertEquals(0, count(steps, "restore_fpregs_from_fpstate"));
    }
}
