// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;
import static dev.cpulocal.lab.museum.ExhibitTrace.assertInOrder;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.cpulocal.lab.museum.ExhibitTrace;
import org.junit.jupiter.api.Test;

/** The traces have the steps of the commit messages, in their order. */
class TlbWingTest {

    @Test
    void clearedEntryWaitsWhileTheMaskIsRead() {
        assertInOrder(
                ExhibitTrace.of(Tlb01.exhibit(), "no barrier in the flush", TSO),
                "pte_clear(pte)  (held back)",
                "cpumask_any_but(mm_cpumask(mm), cpu) → 0",
                "cpumask_set_cpu(cpu, mm_cpumask(next))",
                "load_cr3(next->pgd)",
                "walk the page table → 1");
    }

    @Test
    void walkBeginsAfterThePageTableIsFreed() {
        assertInOrder(
                ExhibitTrace.of(Tlb02.exhibit(), "lazy CPUs skipped", SC),
                "if (is_lazy) return false → yes",
                "free the page table",
                "interrupt: speculative page walk",
                "T3: no walk goes through a page table");
    }

    @Test
    void interruptThatDoesNothingIsAnsweredBeforeTheWalk() {
        String trace = ExhibitTrace.of(Tlb04.exhibit(), "no flush without memory", SC);

        assertInOrder(
                trace,
                "__get_free_page(GFP_NOWAIT | __GFP_NOWARN) → 0",
                "interrupt: tlb_remove_table_smp_sync",
                "free the page table",
                "interrupt: speculative page walk",
                "page table = cached? → 1");
        assertFalse(trace.contains("flush_tlb_func"), trace);
    }

    @Test
    void lazyCpuIsNoUserOfTheMm() {
        assertInOrder(
                ExhibitTrace.of(Tlb04.exhibit(), "freed at once", SC),
                "is_lazy=1",
                "if (mm_users < 2) → yes",
                "free the page table",
                "T3: no walk goes through a page table");
    }

    @Test
    void flushIsSkippedInTheWindowOfTheCommitMessage() {
        String trace = ExhibitTrace.of(Tlb06.exhibit(), "6.14", SC);

        assertInOrder(
                trace,
                "cpumask_set_cpu(cpu, mm_cpumask(next))",
                "next_tlb_gen =",
                "new_tlb_gen = inc_mm_tlb_gen(mm)",
                "if (loaded_mm == info->mm) return true → no",
                "write_cr3(CR3_NOFLUSH)",
                "loaded_mm = next");
        assertFalse(trace.contains("send IPI"), trace);
    }

    @Test
    void interruptFlushesTheContextOfAnotherMm() {
        assertInOrder(
                ExhibitTrace.of(Tlb09.exhibit(), "active_mm first", SC),
                "tsk->active_mm = mm",
                "if (current->active_mm == mm) → yes",
                "if (it is that of the mm) → no",
                "load the context",
                "T2: behind flush_tlb_mm()");
    }

    @Test
    void oneReferenceIsDroppedTwiceAndAnotherNever() {
        assertInOrder(
                ExhibitTrace.of(Tlb10.exhibit(), "5.9, preempted", SC),
                "active_mm = tsk->active_mm → 0",
                "interrupt: preempt",
                "mm_count[0]=1",
                "mm_count[1]=2",
                "tsk->active_mm = mm",
                "mm_count[0]=0",
                "T5: a reference that is dropped is one's own");
    }

    @Test
    void shootdownFallsBetweenClearingAndSettingTheBit() {
        assertInOrder(
                ExhibitTrace.of(Tlb14.exhibit(), "cleared first, no speculation", SC),
                "lock btr: the old pmap's pm_cpus",
                "pm->pm_cpus → 0",
                "free the page table",
                "use an address:",
                "T3: no walk goes through a page table");
    }

    @Test
    void tableIsCachedAgainBetweenTheFlushAndTheFree() {
        assertInOrder(
                ExhibitTrace.of(Tlb14.exhibit(), "s390, flushed first", SC),
                "IDTE",
                "interrupt: speculative page walk",
                "cache it",
                "pmd_clear(pmd)",
                "free the page table",
                "page table = cached? → 1");
    }

    @Test
    void numbersOfStatesStay() {
        assertEquals(310, ExhibitTrace.verdict(Tlb06.exhibit(), "today", SC).statistics().states());
        assertEquals(
                807, ExhibitTrace.verdict(Tlb06.exhibit(), "today", TSO).statistics().states());
    }
}
