// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.TraceTable;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.museum.Never;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Which barrier is needed from which memory model on, as herd7 says of the same scenarios as litmus
 * tests: without (a) or (e), from TSO on; without (d), from PSO on; without (c), where loads are
 * reordered.
 */
class Mb01Test {

    private static final Kernel NO_E = Kernel.TODAY.without(Barrier.MMDROP);

    private static Model flags(Kernel kernel) {
        return Mb01.flags(kernel.toString(), kernel, Never.NOTHING);
    }

    private static Model message(Kernel kernel) {
        return Mb01.message(kernel.toString(), kernel);
    }

    private static void assertViolatedUnder(Model model, MemoryModel... models) {
        List<MemoryModel> violated =
                Arrays.stream(MemoryModel.values())
                        .filter(one -> !Checker.of(one).check(model).holds())
                        .toList();
        assertEquals(List.of(models), violated, model.name());
    }

    @Test
    void withAllBarriersBothPropertiesHold() {
        assertViolatedUnder(flags(Kernel.TODAY));
        assertViolatedUnder(message(Kernel.TODAY));
    }

    @Test
    void firstBarrierOfMembarrierIsNeededFromTsoOn() {
        assertViolatedUnder(flags(Kernel.TODAY.without(Barrier.ENTRY)), TSO, PSO, ARMV8, RISCV);
    }

    @Test
    void lastBarrierOfMembarrierIsNeededWhereLoadsAreReordered() {
        assertViolatedUnder(message(Kernel.TODAY.without(Barrier.EXIT)), ARMV8, RISCV);
    }

    @Test
    void barrierBeforeRqCurrIsNeededFromPsoOn() {
        assertViolatedUnder(message(Kernel.TODAY.without(Barrier.BEFORE_CURR)), PSO, ARMV8, RISCV);
    }

    @Test
    void barrierAfterRqCurrIsNeededFromTsoOn() {
        assertViolatedUnder(flags(NO_E), TSO, PSO, ARMV8, RISCV);
    }

    @Test
    void firstBarrierAndTheOneAfterRqCurrAreEnoughForFlags() {
        assertViolatedUnder(flags(Kernel.TODAY.without(Barrier.EXIT).without(Barrier.BEFORE_CURR)));
    }

    @Test
    void traceShowsWhatDesnoyersMissed() {
        Verdict verdict = Checker.of(TSO).check(flags(NO_E));

        String table = TraceTable.of(verdict);

        int store = table.indexOf("rq->curr = reader  (held back)");
        int load = table.indexOf("p = rcu_dereference(pointer)");
        int skips = table.indexOf("if (p->mm == mm) → no");
        int performed = table.indexOf("… rq->curr = 1 performed");
        assertTrue(0 < store && store < load && load < skips && skips < performed, table);
    }

    @Test
    void scIsNotEnoughToFindIt() {
        assertTrue(Checker.of(SC).check(flags(NO_E)).holds());
    }
}
