// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.MemoryModel;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** schedule() and switch_to(): which barriers there are, and which are missed. */
class SchedulingTest {

    private static final Set<MemoryModel> NONE = EnumSet.noneOf(MemoryModel.class);
    private static final Set<MemoryModel> BUFFERS =
            EnumSet.complementOf(EnumSet.of(MemoryModel.SC));
    private static final Set<MemoryModel> REORDERS_STORES =
            EnumSet.of(MemoryModel.PSO, MemoryModel.ARMV8, MemoryModel.RISCV);

    private static final String HEAD = "CPUs=0,1,1\nProcesses=0,0,1\n";

    private static String test(String where, String asked, String... threads) {
        StringBuilder text = new StringBuilder("C t\n" + where + "{ }\n");
        for (int thread = 0; thread < threads.length; thread++) {
            text.append(
                    "P%d(int *x, int *y) { int r0; int r1; %s }\n"
                            .formatted(thread, threads[thread]));
        }
        return text.append("exists (" + asked + ")\n").toString();
    }

    /** Membarrier against a thread that another process's one had interrupted. */
    private static String flags(String leaves, String comesBack, String afterwards) {
        return test(
                HEAD,
                "0:r0=0 /\\ 1:r0=0",
                "WRITE_ONCE(*x, 1); membarrier(); r0 = READ_ONCE(*y);",
                leaves + " " + afterwards + " WRITE_ONCE(*y, 1); r0 = READ_ONCE(*x);",
                comesBack);
    }

    /** What the thread did before it left the CPU. */
    private static String message(String leaves) {
        return test(
                HEAD,
                "0:r0=1 /\\ 0:r1=0",
                "r0 = READ_ONCE(*y); membarrier(); r1 = READ_ONCE(*x);",
                "WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); " + leaves,
                "");
    }

    private static Set<MemoryModel> allows(String text) {
        Set<MemoryModel> allowing = EnumSet.noneOf(MemoryModel.class);
        for (MemoryModel model : MemoryModel.values()) {
            LitmusResult result = Litmus.run(text, model, true);
            assertEquals("", result.limit());
            if (result.holds()) {
                allowing.add(model);
            }
        }
        return allowing;
    }

    @Test
    void membarrierNeedsTheBarrierAfterTheStoreToCurr() {
        assertEquals(NONE, allows(flags("schedule(2);", "schedule(1);", "")));
        assertEquals(NONE, allows(flags("schedule(2);", "switch_to(1);", "smp_mb();")));
        assertEquals(BUFFERS, allows(flags("schedule(2);", "smp_mb(); switch_to(1);", "")));
    }

    @Test
    void membarrierNeedsTheBarrierBeforeTheStoreToCurr() {
        assertEquals(NONE, allows(message("schedule(2);")));
        assertEquals(NONE, allows(message("smp_mb(); switch_to(2);")));
        assertEquals(REORDERS_STORES, allows(message("switch_to(2);")));
    }

    @Test
    void membarrierInterruptsThreadsOfItsOwnProcess() {
        String ofAll = flags("switch_to(2);", "switch_to(1);", "").replace("0,0,1", "0,0,0");

        assertEquals(NONE, allows(ofAll));
    }

    @Test
    void membarrierInterruptsNoOtherProcess() {
        String first = "WRITE_ONCE(*x, 1); %s; r0 = READ_ONCE(*y);";
        String second = "WRITE_ONCE(*y, 1); r0 = READ_ONCE(*x);";
        String asked = "0:r0=0 /\\ 1:r0=0";
        String apart = "Processes=0,1\n";

        assertEquals(BUFFERS, allows(test(apart, asked, first.formatted("membarrier()"), second)));
        assertEquals(NONE, allows(test(apart, asked, first.formatted("ipi_mb(1)"), second)));
        assertEquals(NONE, allows(test("", asked, first.formatted("membarrier()"), second)));
    }

    @Test
    void aThreadThatMovesSeesItsOwnStoresBehindTheBarriers() {
        String first = "WRITE_ONCE(*x, 1); %s(2); r0 = READ_ONCE(*x);";
        String cpus = "CPUs=0,1,0\n";
        for (String other : new String[] {"schedule(0);", "switch_to(0);"}) {
            assertEquals(
                    NONE, allows(test(cpus, "0:r0=0", first.formatted("schedule"), other, "")));
            assertEquals(
                    BUFFERS, allows(test(cpus, "0:r0=0", first.formatted("switch_to"), other, "")));
        }
    }

    @Test
    void aPointOfPreemptionIsAFullBarrier() {
        String first = "WRITE_ONCE(*x, 1); %s r0 = READ_ONCE(*y);";
        String second = "WRITE_ONCE(*y, 1); %s r0 = READ_ONCE(*x);";
        String asked = "0:r0=0 /\\ 1:r0=0";
        for (String where : new String[] {"", "CPUs=0,1,0\n", "CPUs=0,1,1\n"}) {
            String third = where.isEmpty() ? "schedule();" : "";
            assertEquals(
                    NONE,
                    allows(
                            test(
                                    where,
                                    asked,
                                    first.formatted("schedule();"),
                                    second.formatted("schedule();"),
                                    third)));
            assertEquals(
                    BUFFERS,
                    allows(test(where, asked, first.formatted(""), second.formatted(""), third)));
        }
    }

    @Test
    void aThreadThatWaitsRunsInTheEndAndOnlyThen() {
        String order = "1:r0=0 /\\ 1:r1=0";
        String third = "r0 = READ_ONCE(*x); r1 = READ_ONCE(*y);";
        String first = "WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1);";

        assertEquals(NONE, allows(test("CPUs=0,0\n", order, first, third)));
        assertEquals(
                EnumSet.allOf(MemoryModel.class),
                allows(test("CPUs=0,0\n", order, "schedule(); " + first, third)));
    }

    @ParameterizedTest
    @EnumSource(MemoryModel.class)
    void reductionChangesNoState(MemoryModel model) {
        for (String text :
                new String[] {
                    flags("schedule(2);", "switch_to(1);", ""), message("switch_to(2);")
                }) {
            assertEquals(
                    Litmus.run(text, model, false).states().lines(),
                    Litmus.run(text, model, true).states().lines());
        }
    }

    @Test
    void assemblyHasThemToo() {
        String text =
                """
                X86 MB-01
                CPUs=0,1,1
                Processes=0,0,1
                { }
                 P0           | P1           | P2 ;
                 MOV [x],$1   | schedule(2)  | MFENCE ;
                 membarrier() | %s           | %s ;
                 MOV EAX,[y]  | MOV [y],$1   |    ;
                              | MOV EAX,[x]  |    ;
                exists (0:EAX=0 /\\ 1:EAX=0)
                """;

        assertEquals(3, Litmus.states(text.formatted("MFENCE", "switch_to( 1 )")).size());
        assertEquals(3, Litmus.states(text.formatted("", "schedule(1)")).size());
        assertEquals(4, Litmus.states(text.formatted("", "switch_to(1)")).size());
    }

    @ParameterizedTest
    @CsvSource({
        "CPUs=0, schedule(), 2",
        "CPUs=0;2, schedule(), 2",
        "CPUs=0;x, schedule(), 2",
        "Processes=1, schedule(), 2",
        "CPUs=0;1, schedule(0), 5",
        "CPUs=0;1, schedule(2), 5",
        "CPUs=0;1, switch_to(), 5",
        "CPUs=0;1, schedule, 5"
    })
    void mistakesAreToldWithTheirLine(String where, String call, int line) {
        String text =
                "X86 t\n%s\n{ }\n P0 | P1 ;\n %s | ;\nexists (true)\n"
                        .formatted(where.replace(';', ','), call);

        Malformed error = assertThrows(Malformed.class, () -> Litmus.run(text));

        String message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("t.litmus:" + line + ": "), message);
    }
}
