// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

/** What an entry of the museum is about. */
public enum Area {
    /** The system call membarrier(2) and the barriers that the scheduler owes it. */
    MEMBARRIER("membarrier"),
    /** Lazy TLB, switch_mm() and TLB flushes. */
    TLB("lazy TLB and switch_mm"),
    /** Restartable sequences, and tests of them. */
    RSEQ("rseq"),
    /** Concurrency ids. */
    MM_CID("mm_cid"),
    /** Operation vectors. */
    CPU_OPV("cpu_opv"),
    /** FPU registers of tasks and guests. */
    FPU("FPU"),
    /** SRCU and liburcu. */
    RCU("SRCU and liburcu"),
    /** What is particular to powerpc. */
    POWERPC("powerpc");

    private final String title;

    Area(String title) {
        this.title = title;
    }

    /** {@return its name} */
    public String title() {
        return title;
    }
}
