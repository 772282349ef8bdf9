// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Step;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.GuestFpu.Flaw;
import dev.cpulocal.lab.museum.fpu.GuestInit.Reset;
import dev.cpulocal.lab.museum.fpu.Kvm01.Between;
import dev.cpulocal.lab.museum.fpu.LazyTs.Mirror;
import dev.cpulocal.lab.museum.fpu.LazyTs.Preload;
import dev.cpulocal.lab.museum.fpu.LazyTs.Speculation;
import dev.cpulocal.lab.museum.fpu.Paths2016.Path;
import dev.cpulocal.lab.museum.fpu.XfdSwitch.Update;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The traces tell what the texts of the entries tell. */
class FpuWingTest {

    private static Verdict check(Model model) {
        return Checker.of(MemoryModel.SC).check(model);
    }

    private static long count(Verdict verdict, String text) {
        return Objects.requireNonNull(verdict.trace()).steps().stream()
                .map(Step::text)
                .filter(line -> line.startsWith(text))
                .count();
    }

    @Test
    void aSignalLosesWhatWasComputedWithoutAnySwitch() {
        Verdict verdict =
                check(Fpu03.VARIANTS.model("patches 1-5", Series.PATCHES_1_5, Never.NOTHING));

        assertEquals(0, count(verdict, "next = pick_next_task"));
        assertEquals(1, count(verdict, "copy_kernel_to_fpregs"));
    }

    @Test
    void theBenchmarkComesBackToRegistersOfExec() {
        Verdict verdict = check(Fpu04.model("exec", Series.PATCHES_1_4, Path.EXEC, Never.NOTHING));

        assertEquals(2, count(verdict, "next = pick_next_task"));
        assertEquals(1, count(verdict, "copy_init_fpstate_to_fpregs"));
        assertEquals(0, count(verdict, "this_cpu_write(fpu_fpregs_owner_ctx"));
    }

    @Test
    void theTwoWaysOfTheStaleMirrorAreDifferent() {
        Verdict often = check(Fpu02.model("", Mirror.SWITCH, Preload.ALWAYS, Never.NOTHING));
        Verdict seldom = check(Fpu02.model("", Mirror.SWITCH, Preload.NEVER, Never.NOTHING));

        assertEquals("XRSTOR in the kernel does not raise #NM", often.broken());
        assertEquals("F: in user mode the registers are the task's", seldom.broken());
    }

    @Test
    void theOwnerIsReadOnceAndUsedAfterTheRetry() {
        Verdict verdict =
                check(Fpu09.VARIANTS.model("read once", Change.OWNER_READ_ONCE, Never.NOTHING));

        assertEquals(1, count(verdict, "pfo_ret__ = "));
        assertEquals(1, count(verdict, "fault_in_pages_writeable()"));
    }

    @Test
    void aSoftirqIsEnoughForTheGuest() {
        Verdict verdict =
                check(Kvm01.model("softirqs", Flaw.FLAG_IGNORED, Between.SOFTIRQS, Never.NOTHING));

        assertEquals(1, count(verdict, "the kernel computes"));
        assertEquals(0, count(verdict, "next = pick_next_task"));
    }

    @Test
    void speculationReadsWhatTheTrapWouldGuard() {
        Verdict verdict = check(Fpu16.lazyModel("lazy", Preload.SOMETIMES, Speculation.PAST_TRAP));

        assertEquals(1, count(verdict, "stts()"));
        assertEquals(0, count(verdict, "an FPU instruction raises #NM"));
        assertEquals("N: what is read on speculation is not another task's", verdict.broken());
    }

    @Test
    void aPutWithoutALoadTakesUserModeForTheGuest() {
        Verdict verdict = check(GuestInit.model("4.15", Reset.ALWAYS, Never.NOTHING));

        assertEquals(1, count(verdict, "copy_fpregs_to_fpstate(guest_fpu)"));
        assertEquals(0, count(verdict, "the guest computes"));
        assertEquals(
                "K3: behind a system call the task has the registers of user mode",
                verdict.broken());
    }

    @Test
    void aSkippedPutDoesNotSkipTheLoad() {
        Verdict verdict = check(GuestInit.model("", Reset.REDUNDANT_SKIPPED, Never.NOTHING));

        assertEquals(0, count(verdict, "copy_fpregs_to_fpstate(guest_fpu)"));
        assertEquals(1, count(verdict, "copy_kernel_to_fpregs(guest_fpu)"));
    }

    @Test
    void theInterruptComesBetweenTheExitAndTheUpdate() {
        Verdict verdict = check(Kvm06.VARIANTS.model("kept", Update.KEEPS, Never.NOTHING));

        assertEquals(1, count(verdict, "save_fpregs_to_fpstate"));
        assertEquals(1, count(verdict, "the guest executes WRMSR"));
    }

    @Test
    void modelsAreSmall() {
        assertTrue(
                check(Fpu01.VARIANTS.model("both", Change.NONE, Never.NOTHING))
                                .statistics()
                                .states()
                        < 40_000);
    }
}
