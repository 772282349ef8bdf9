// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.powerpc;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.CoreSync;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Arch;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Change;

/** PPC-02: an interrupt that is handled long after it came. */
final class Ppc02 {

    private static final String ID = "PPC-02";
    private static final String THREAD =
            "[PATCH] powerpc: select ARCH_HAS_MEMBARRIER_SYNC_CORE, linuxppc-dev";

    private Ppc02() {}

    static Exhibit exhibit() {
        return Exhibit.of(ID, "SYNC_CORE and interrupts that are replayed", Area.POWERPC)
                .kernels("none: a claim about 5.9 and later")
                .bounds("one call of membarrier(), one system call; memory models without Power's")
                .story(
                        """
                        powerpc does not mask interrupts where the kernel says so, but notes that \
                        one came, returns by rfid, and runs its handler when they are enabled \
                        again, as a plain function. So the membarrier() interrupt synchronises the \
                        core before its handler runs, not after. That is right, since such an \
                        interrupt only ever came to kernel code, which synchronises once more on \
                        its way to user mode.\
                        """)
                .said(
                        "Nicholas Piggin",
                        "8 July 2020",
                        THREAD,
                        "So membarrier IPI will always cause target CPUs to perform a context"
                                + " synchronising instruction, but sometimes it happens before the"
                                + " IPI handler function runs.")
                .settled(Outcome.CONFIRMED, "fixed", "It holds with replayed interrupts.")
                .said(
                        "Nicholas Piggin",
                        "15 July 2020",
                        "[PATCH v2] powerpc: select ARCH_HAS_MEMBARRIER_SYNC_CORE, linuxppc-dev",
                        "the context sync is only required for IPIs which return to user.")
                .settled(
                        Outcome.REFUTED,
                        "fast return",
                        "Interrupts synchronise here, and yet the old code runs: the CPU was"
                                + " skipped and came back from a kernel thread.")
                .said(
                        "Mathieu Desnoyers",
                        "15 July 2020",
                        "[PATCH v2] powerpc: select ARCH_HAS_MEMBARRIER_SYNC_CORE, linuxppc-dev",
                        "We need context sync in return path of any trap/interrupt/system call"
                                + " which returns to user-space, else we'd need to add the proper"
                                + " core serializing barriers in the scheduler, as we had to do"
                                + " for lazy tlb on x86.")
                .settled(
                        Outcome.CONFIRMED,
                        "fast return",
                        "\"fast return, no switches\" shows that it is the scheduler that makes"
                                + " the difference.")
                .reference(
                        variant("fixed", "Today's code: every rfid synchronises.")
                                .holds(MemoryModel.values()))
                .variant(
                        variant(
                                        "fast return",
                                        "System calls return by something faster, such as bctar.",
                                        Change.FAST_RETURN)
                                .violated(MemoryModel.values()))
                .variant(
                        variant(
                                        "fast return, no switches",
                                        "The same where every CPU stays with its thread.",
                                        Change.FAST_RETURN,
                                        Change.NO_SWITCHES)
                                .holds(MemoryModel.values()))
                .variant(
                        CoreSync.reached(ID, Arch.POWERPC, CoreSync.REPLAYED, MemoryModel.values()))
                .variant(CoreSync.reached(ID, Arch.POWERPC, CoreSync.SKIPPED, MemoryModel.values()))
                .build();
    }

    private static Variant variant(String name, String text, Change... changes) {
        return CoreSync.variant(ID, name, text, Arch.POWERPC, changes);
    }
}
