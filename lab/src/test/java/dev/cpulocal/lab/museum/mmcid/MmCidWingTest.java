// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;
import static dev.cpulocal.lab.museum.ExhibitTrace.assertInOrder;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.lab.museum.ExhibitTrace;
import org.junit.jupiter.api.Test;

/** The traces have the steps of the commit messages, in their order. */
class MmCidWingTest {

    @Test
    void cidIsReadBeforeRqCurrIsSeen() {
        assertInOrder(
                ExhibitTrace.of(Cid01.exhibit(), "barrier too late", TSO),
                "rq->curr = next  (held back)",
                "cid = pcpu_cid->cid → 0",
                "cmpxchg(&pcpu_cid->cid, cid, cid | LAZY_PUT) → 0",
                "rcu_dereference(rq->curr) → 9",
                "__mm_cid_put(): clear the bit");
    }

    @Test
    void contextSwitchAndWalkWaitForEachOther() {
        assertInOrder(
                ExhibitTrace.of(Cid02.exhibit(), "direct transfer", SC),
                "mm_cid.cid[1]=33",
                "set_task_cpu(t, 2)",
                "from here it repeats for ever",
                "raw_spin_lock(&rq->lock)",
                "cpu_relax()",
                "and again from step");
    }

    @Test
    void secondWordIsVisibleFirst() {
        assertInOrder(
                ExhibitTrace.of(Cid03.exhibit(), "two words", PSO),
                "WRITE_ONCE(mm->mm_cid.transit, TRANSIT)  (held back)",
                "… percpu = 32 performed",
                "READ_ONCE(mm->mm_cid.transit) → 0");
    }

    @Test
    void secondWordIsReadFirst() {
        assertInOrder(
                ExhibitTrace.of(Cid03.exhibit(), "two words, release", ARMV8),
                "READ_ONCE(mm->mm_cid.transit) → 0",
                "… transit = 16 performed",
                "READ_ONCE(mm->mm_cid.percpu) → 32 performed");
    }

    @Test
    void slotHasACidInTransit() {
        assertInOrder(
                ExhibitTrace.of(Cid04.exhibit(), "6.19", SC),
                "pcpu->cid[1]=17",
                "mm_drop_cid_on_cpu:",
                "pcp->cid → 17",
                "C3: clear_bit() is given a cid");
    }

    @Test
    void threadWithoutACidIsPutInTransit() {
        assertInOrder(
                ExhibitTrace.of(Cid05.exhibit(), "no test for UNSET", SC),
                "mm_cid.cid[1]=80",
                "cid = prev->mm_cid.cid → 80",
                "C3: clear_bit() is given a cid");
    }

    @Test
    void sameCidIsDrawnAgainAndAgain() {
        assertInOrder(
                ExhibitTrace.of(Cid08.exhibit(), "6.13", SC),
                "mmput(mm) → 2",
                "from here it repeats for ever",
                "cmpxchg(&pcpu_cid->cid, cid, cid | LAZY_PUT) → 1",
                "cmpxchg(&pcpu_cid->cid, cid | LAZY_PUT, UNSET) → 17",
                "cid = recent_cid → 1",
                "test_and_set_bit(cid, cidmask) → 0",
                "and again from step");
    }

    @Test
    void cidBehindAllOthersIsDrawnBeforeTheBitIsClear() {
        assertInOrder(
                ExhibitTrace.of(Cid08.exhibit(), "6.12, race", SC),
                "cmpxchg(&pcpu_cid->cid, cid | LAZY_PUT, UNSET)",
                "pcpu_cid->cid[1]=64",
                "cpumask_first_zero(cidmask) → 3",
                "if (cid < nr_cpu_ids) → yes",
                "C5: a cid is below the number of CPUs");
    }

    @Test
    void numbersOfStatesStay() {
        assertEquals(
                2_016, ExhibitTrace.verdict(Cid02.exhibit(), "today", SC).statistics().states());
        assertEquals(
                266,
                ExhibitTrace.verdict(Cid03.exhibit(), "today, whole", SC).statistics().states());
    }
}
