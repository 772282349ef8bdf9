// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.internal.litmus.LitmusException;
import dev.cpulocal.lab.internal.litmus.LitmusOptions;
import dev.cpulocal.lab.internal.litmus.LitmusResult;
import dev.cpulocal.lab.internal.litmus.LitmusSource;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small tests in the kernel's C; what each leaves behind was printed by herd as well. */
class LinuxModelTest {

    /** A test of two threads that one axiom alone forbids. */
    private static String forbidden(Axiom axiom) {
        return switch (axiom) {
            case COHERENCE ->
                    test(
                            "WRITE_ONCE(*x, 1);",
                            "r0 = READ_ONCE(*x); r1 = READ_ONCE(*x);",
                            "1:r0=1 /\\ 1:r1=0");
            case ATOMICITY ->
                    test(
                            "r0 = atomic_fetch_add_relaxed(1, x);",
                            "r0 = atomic_fetch_add_relaxed(1, x);",
                            "0:r0=0 /\\ 1:r0=0");
            case HAPPENS_BEFORE ->
                    test(
                            "WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1);",
                            "r0 = READ_ONCE(*y); smp_rmb(); r1 = READ_ONCE(*x);",
                            "1:r0=1 /\\ 1:r1=0");
            case PROPAGATION ->
                    test(
                            "WRITE_ONCE(*x, 1); smp_mb(); r0 = READ_ONCE(*y);",
                            "WRITE_ONCE(*y, 1); smp_mb(); r0 = READ_ONCE(*x);",
                            "0:r0=0 /\\ 1:r0=0");
            case RCU ->
                    test(
                            "rcu_read_lock(); r0 = READ_ONCE(*y); r1 = READ_ONCE(*x);"
                                    + " rcu_read_unlock();",
                            "WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);",
                            "0:r0=1 /\\ 0:r1=0");
            case PLAIN_COHERENCE ->
                    test(
                            "*x = 1; smp_store_release(y, 1);",
                            "r0 = smp_load_acquire(y); if (r0 == 1) { r1 = *x; }",
                            "1:r0=1 /\\ 1:r1=0");
        };
    }

    private static String test(String first, String second, String asked) {
        String parameters = "int *x, int *y, spinlock_t *l";
        return "C t\n\n{ }\n\nP0(%s)\n{\n%s\n}\n\nP1(%s)\n{\n%s\n}\n\nexists (%s)\n"
                .formatted(parameters, first, parameters, second, asked);
    }

    private static FinalStates run(String text, EnumSet<Axiom> axioms) {
        KernelTest test = new KernelTest(LitmusSource.of("t.litmus", text));
        return new KernelSearch(test, axioms, new Effort(Budget.DEFAULT)).run();
    }

    private static LitmusResult run(String text, Budget budget) {
        return new KernelEngine()
                .run(LitmusSource.of("t.litmus", text), new LitmusOptions(null, budget, true));
    }

    private static String errorOf(String text) {
        return String.valueOf(
                assertThrows(LitmusException.class, () -> run(text, Budget.DEFAULT)).getMessage());
    }

    @ParameterizedTest
    @EnumSource(Axiom.class)
    void eachAxiomForbidsWhatTheOthersAllow(Axiom axiom) {
        String text = forbidden(axiom);

        assertEquals("Never", run(text, EnumSet.allOf(Axiom.class)).states().observation());
        EnumSet<Axiom> others = EnumSet.complementOf(EnumSet.of(axiom));
        assertEquals("Sometimes", run(text, others).states().observation());
    }

    @Test
    void finalStatesAreComplete() {
        String text =
                test(
                        "spin_lock(l); WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); spin_unlock(l);",
                        "spin_lock(l); r0 = READ_ONCE(*y); spin_unlock(l); r1 = READ_ONCE(*x);",
                        "1:r0=1 /\\ 1:r1=0");

        assertEquals(
                List.of("1:r0=0; 1:r1=0;", "1:r0=0; 1:r1=1;", "1:r0=1; 1:r1=1;"),
                run(text, Budget.DEFAULT).states().lines());
    }

    @Test
    void plainAccessesThatRaceAreFlagged() {
        String race = test("*x = 1;", "r0 = READ_ONCE(*x);", "1:r0=1");
        String none =
                test(
                        "spin_lock(l); *x = 1; spin_unlock(l);",
                        "spin_lock(l); r0 = *x; spin_unlock(l);",
                        "1:r0=1");

        assertEquals(List.of("data-race"), run(race, Budget.DEFAULT).flags());
        assertEquals(List.of(), run(none, Budget.DEFAULT).flags());
    }

    @Test
    void valuesOutOfThinAirAreRefused() {
        String text = test("r0 = *x; *y = r0;", "r0 = *y; *x = r0;", "0:r0=1");

        assertEquals(
                "t.litmus:15: 0:r0: it can hold any value, out of thin air", errorOf(text).strip());
    }

    @Test
    void errorsNameTheLineAndWhatIsThere() {
        assertEquals(
                "t.litmus:7: smp_memb: this function is not covered",
                errorOf(test("smp_memb();", "", "x=1")));
        assertEquals(
                "t.litmus:12: while: loops are not covered; --model runs them on a machine",
                errorOf(test("", "while (1) { }", "x=1")));
        assertEquals(
                "t.litmus:7: READ_ONCE: argument 1 is no place (expected: *POINTER)",
                errorOf(test("r0 = READ_ONCE(x);", "", "x=1")));
        assertEquals("t.litmus:8: }: (expected: ;)", errorOf(test("r0 = 1", "", "x=1")));
    }

    @Test
    void searchEndsWithItsBudget() {
        LitmusResult result = run(forbidden(Axiom.PROPAGATION), Budget.DEFAULT.withStates(1));

        assertEquals("executions: 1", result.limit());
        assertTrue(result.states().states().size() <= 1);
    }
}
