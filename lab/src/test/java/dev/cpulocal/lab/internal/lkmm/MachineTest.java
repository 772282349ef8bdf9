// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.LitmusOptions;
import dev.cpulocal.lab.internal.litmus.LitmusResult;
import dev.cpulocal.lab.internal.litmus.LitmusSource;
import dev.cpulocal.lab.internal.litmus.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests in the kernel's C on the machine, which shows nothing that LKMM forbids. */
class MachineTest {

    private static LitmusResult run(String text, @Nullable MemoryModel model) {
        LitmusResult result =
                new KernelEngine()
                        .run(
                                LitmusSource.of("t.litmus", text),
                                new LitmusOptions(model, Budget.DEFAULT, true));
        assertEquals("", result.limit());
        return result;
    }

    private static List<String> states(String text, @Nullable MemoryModel model) {
        return run(text, model).states().lines();
    }

    /** {@return states of one set that another one has not} */
    private static List<String> without(List<String> states, List<String> others) {
        List<String> extra = new ArrayList<>(states);
        extra.removeAll(others);
        return extra;
    }

    private static String test(String first, String second, String asked) {
        return "C t\n{ }\nP0(int *x, int *y, int *z)\n{ %s }\nP1(int *x, int *y, int *z)\n{ %s }\n%s\n"
                .formatted(first, second, asked);
    }

    private static String alone(String code, String shown) {
        return String.join(
                " | ",
                states(
                        "C t\n{ x=3; int *p=x; }\nP0(int *x, int **p, spinlock_t *l)\n{ %s }\n"
                                        .formatted(code)
                                + "locations [%s]\nexists (x=0)\n".formatted(shown),
                        MemoryModel.ARMV8));
    }

    @Test
    void noMachineShowsWhatTheKernelsModelForbids() {
        Map<MemoryModel, Integer> equal = new EnumMap<>(MemoryModel.class);
        Map<String, String> tests = KernelShapes.all();
        tests.forEach((name, text) -> {
            List<String> allowed = states(text, null);
            List<String> stronger = List.of();
            for (MemoryModel model : MemoryModel.values()) {
                List<String> shown = states(text, model);
                assertEquals(List.of(), without(shown, allowed), name + " under " + model);
                equal.merge(model, shown.equals(allowed) ? 1 : 0, Integer::sum);
                if (!model.defersLoads()) {
                    assertEquals(List.of(), without(stronger, shown), name + " under " + model);
                    stronger = shown;
                }
            }
        });
        int weakest = equal.getOrDefault(MemoryModel.RISCV, 0);
        assertTrue(weakest > equal.getOrDefault(MemoryModel.PSO, 0), equal::toString);
        assertTrue(weakest < tests.size(), equal::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "smp_mb(), smp_wmb()",
        "smp_mb(), smp_rmb()",
        "smp_mb(), barrier()",
        "smp_mb(), smp_mb__after_unlock_lock()"
    })
    void aBarrierThatIsTooWeakIsFoundOut(String strong, String weak) {
        String first = "int r0; WRITE_ONCE(*x, 1); %s; r0 = READ_ONCE(*y);";
        String second = "int r0; WRITE_ONCE(*y, 1); smp_mb(); r0 = READ_ONCE(*x);";
        String asked = "exists (0:r0=0 /\\ 1:r0=0)";
        List<String> allowed = states(test(first.formatted(strong), second, asked), null);
        String weakened = test(first.formatted(weak), second, asked);

        for (MemoryModel model : MemoryModel.values()) {
            boolean same = without(states(weakened, model), allowed).isEmpty();
            assertEquals(model == MemoryModel.SC, same, model::title);
        }
    }

    @Test
    void architecturesDifferWhereTheyDo() {
        String relaxed =
                test(
                        "int r0; r0 = xchg_relaxed(x, 1); r0 = READ_ONCE(*y);",
                        "int r0; r0 = xchg_relaxed(y, 1); r0 = READ_ONCE(*x);",
                        "exists (0:r0=0 /\\ 1:r0=0)");

        assertFalse(run(relaxed, MemoryModel.TSO).holds());
        assertTrue(run(relaxed, MemoryModel.ARMV8).holds());
        assertTrue(run(relaxed, MemoryModel.RISCV).holds());
    }

    @Test
    void computesWhatCDoes() {
        assertEquals("0:r0=2; [x]=3;", alone("int r0 = READ_ONCE(*x) - 1;", "0:r0; x"));
        assertEquals("0:r0=3; [x]=-4;", alone("int r0 = atomic_fetch_sub(7, x);", "0:r0; x"));
        assertEquals(
                "0:r0=-2147483648; [x]=-2147483648;",
                alone("int r0 = atomic_add_return(2147483645, x);", "0:r0; x"));
        assertEquals("0:r0=3; [x]=3;", alone("int r0 = cmpxchg(x, 4, 5);", "0:r0; x"));
        assertEquals("0:r0=3; [x]=5;", alone("int r0 = cmpxchg(x, 3, 5);", "0:r0; x"));
        assertEquals(
                "0:r0=x; [x]=4;", alone("int *r0 = READ_ONCE(*p); WRITE_ONCE(*r0, 4);", "0:r0; x"));
        assertEquals(
                "0:r0=1; 0:r1=0; [x]=3;",
                alone("int r0 = spin_trylock(l); int r1 = spin_trylock(l);", "0:r0; 0:r1; x"));
        assertEquals(
                "[x]=7;",
                alone(
                        "if (READ_ONCE(*x) == 3) { WRITE_ONCE(*x, 7); } else { atomic_inc(x); }",
                        "x"));
    }

    @ParameterizedTest
    @EnumSource(MemoryModel.class)
    void loopsEndWhenTheirConditionDoes(MemoryModel model) {
        String writes = "WRITE_ONCE(*x, 1); smp_store_release(y, 1);";
        String asked = "exists (1:r0=0)";
        String spins = "int r0; while (READ_ONCE(*y) == 0) ; r0 = READ_ONCE(*x);";
        String acquires =
                "int r0; int r1 = 0; do r1 = r1 + 0; while (smp_load_acquire(y) != 1);"
                        + " r0 = READ_ONCE(*x);";

        assertEquals(model.defersLoads(), run(test(writes, spins, asked), model).holds());
        assertFalse(run(test(writes, acquires, asked), model).holds());
        assertEquals(List.of(), states(test("", spins, asked), model));
    }

    @ParameterizedTest
    @EnumSource(MemoryModel.class)
    void membarrierDoesForBothSides(MemoryModel model) {
        String first = "int r0; WRITE_ONCE(*x, 1); %s r0 = READ_ONCE(*y);";
        String second = "int r0; WRITE_ONCE(*y, 1); r0 = READ_ONCE(*x);";
        String asked = "exists (0:r0=0 /\\ 1:r0=0)";

        assertFalse(run(test(first.formatted("membarrier();"), second, asked), model).holds());
        assertFalse(run(test(first.formatted("ipi_mb(1);"), second, asked), model).holds());
        assertEquals(
                model != MemoryModel.SC,
                run(test(first.formatted("smp_mb();"), second, asked), model).holds());
    }

    @ParameterizedTest
    @CsvSource({
        "rcu_read_lock();, rcu_read_lock",
        "synchronize_rcu();, synchronize_rcu",
        "synchronize_srcu(x);, synchronize_srcu",
        "int r0 = srcu_read_lock(x);, srcu_read_lock",
        "*x = 1;, plain access",
        "int r0 = *x;, plain access",
        "int r0 = atomic_add_unless(x; 1; 2);, atomic_add_unless",
        "WRITE_ONCE(*7; 1);, an address that is no place",
        "while (1) { };, a loop whose condition accesses nothing"
    })
    void whatAMachineCannotAnswerIsRefused(String code, String construct) {
        String text = test(code.replace(';', ',').replaceFirst(",$", ";"), "", "exists (x=0)");

        String message =
                String.valueOf(
                        assertThrows(Refusal.class, () -> run(text, MemoryModel.TSO)).getMessage());

        assertTrue(message.startsWith("t.litmus:4: " + construct + ": "), message);
    }

    @ParameterizedTest
    @CsvSource({
        "'', membarrier(), t.litmus:5: membarrier: ",
        "'', schedule(1), t.litmus:5: schedule: ",
        "'CPUs=0,0', smp_mb(), t.litmus:2: CPUs: "
    })
    void theKernelsModelHasNoCpus(String where, String call, String begin) {
        String text = test(call + ";", "", "exists (x=0)").replaceFirst("\n", "\n" + where + "\n");

        String message =
                String.valueOf(assertThrows(Refusal.class, () -> run(text, null)).getMessage());

        assertTrue(message.startsWith(begin), message);
        assertTrue(message.contains("--model"), message);
        assertEquals(1, states(text, MemoryModel.TSO).size());
    }

    @Test
    void anAccessOutsideMemoryIsSaid() {
        String text =
                test(
                        "int *r0 = READ_ONCE(*x); WRITE_ONCE(*r0, 1);",
                        "WRITE_ONCE(*x, 4);",
                        "exists (x=0)");

        assertEquals(List.of("access-outside-memory"), run(text, MemoryModel.ARMV8).flags());
        assertThrows(Refusal.class, () -> run(text, MemoryModel.TSO));
    }
}
