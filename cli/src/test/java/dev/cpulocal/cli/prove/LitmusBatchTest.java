// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.MemoryModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LitmusBatchTest {

    private static final String C =
            """
            C SB
            { }
            P0(int *x, int *y) { int r0; WRITE_ONCE(*x, 1); %s r0 = READ_ONCE(*y); }
            P1(int *x, int *y) { int r0; WRITE_ONCE(*y, 1); r0 = READ_ONCE(*x); }
            exists (0:r0=0 /\\ 1:r0=0)
            """;
    private static final String ASTRAY =
            """
            AArch64 astray
            { 0:X1=x; }
             P0          | P1 ;
             LDR W2,[X1] | ;
             STR W3,[X2] | ;
            exists (true)
            """;

    @TempDir Path directory;

    private List<LitmusOutcome> run(String text, Budget budget, MemoryModel... models)
            throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("t.litmus"), text);
        List<LitmusOutcome> outcomes = new ArrayList<>();
        Searching searching = new Searching(budget, 1, true);
        try (StatusLine status = StatusLine.start("test")) {
            new LitmusBatch("", List.of(file), List.of(models), searching)
                    .run(status, outcomes::add);
        }
        return outcomes;
    }

    @Test
    void theKernelsCRunsUnderTheModelsThatAreAskedFor() throws Exception {
        List<LitmusOutcome> outcomes =
                run(C.formatted("smp_mb();"), Budget.DEFAULT, MemoryModel.SC, MemoryModel.TSO);

        assertEquals(
                List.of("SC false", "TSO true"),
                outcomes.stream()
                        .map(LitmusAnswer.class::cast)
                        .map(answer -> answer.memoryModel() + " " + answer.ok())
                        .toList());
    }

    @Test
    void whatTheKernelsModelDoesNotKnowIsRefusedWithItsLine() throws Exception {
        LitmusProblem problem =
                (LitmusProblem) run(C.formatted("membarrier();"), Budget.DEFAULT).getFirst();

        assertEquals(LitmusProblem.Kind.REFUSED, problem.kind());
        assertEquals(3, problem.line());
        assertEquals("membarrier", problem.construct());
        assertTrue(problem.reason().contains("--model"), problem.reason());
    }

    @Test
    void aBudgetIsToldAlikeByBothEngines() throws Exception {
        Budget none = Budget.DEFAULT.withStates(1);
        LitmusAnswer axioms = (LitmusAnswer) run(C.formatted(""), none).getFirst();
        LitmusAnswer machine =
                (LitmusAnswer) run(C.formatted(""), none, MemoryModel.TSO).getFirst();

        assertEquals("executions: 1", axioms.limit());
        assertEquals("states: 1", machine.limit());
    }

    @Test
    void anAccessOutsideMemoryIsCounted() throws Exception {
        LitmusAnswer answer = (LitmusAnswer) run(ASTRAY, Budget.DEFAULT).getFirst();

        assertTrue(answer.leftMemory());
        assertTrue(answer.text().contains("\nFlag access-outside-memory\n"), answer::text);
    }
}
