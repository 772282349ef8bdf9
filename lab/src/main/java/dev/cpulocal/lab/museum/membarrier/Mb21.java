// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Arch;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Change;

/** MB-21: architectures on which every return to user mode synchronises. */
final class Mb21 {

    private static final String ID = "MB-21";
    private static final String THREAD =
            "[RFC please help] membarrier: Rewrite sync_core_before_usermode()";

    private Mb21() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "What SYNC_CORE rests on where returns to user mode synchronise",
                        Area.MEMBARRIER)
                .kernels("none: a claim about arm64, arm and powerpc")
                .bounds("one call of membarrier(), one system call, one interrupt")
                .story(
                        """
                        On arm64 and powerpc the kernel does nothing for SYNC_CORE but its \
                        barriers: every return to user mode is a context synchronising event. It \
                        was in doubt whether it is, and which returns have to be. All of them \
                        have: a CPU that is skipped, because it runs a kernel thread, comes back \
                        by a system call's return. And none of it makes caches coherent; that is \
                        left to the program.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "27 December 2020",
                        THREAD,
                        "Based on my reading of the manual, ERET on ARM doesn't synchronize"
                                + " anything at all.")
                .settled(
                        Outcome.DEPENDS,
                        "no return synchronises",
                        "If that were so, SYNC_CORE would be void. Whether it is so is for the"
                                + " manual to say; the reply quotes it as saying that returning"
                                + " from an exception is a context synchronisation event.")
                .said(
                        "Mathieu Desnoyers",
                        "28 December 2020",
                        THREAD,
                        "Right, membarrier is not doing anything wrt I/D caches.")
                .settled(
                        Outcome.CONFIRMED,
                        "caches not flushed",
                        "With a cache of its own for instructions that nobody flushes, the old"
                                + " code runs whatever is synchronised.")
                .reference(
                        variant("fixed", "arm64: every ERET synchronises.", Arch.ARM64)
                                .holds(MemoryModel.values()))
                .variant(
                        variant(
                                        "no return synchronises",
                                        "arm64 with system call returns that do not.",
                                        Arch.ARM64,
                                        Change.FAST_RETURN)
                                .violated(MemoryModel.values()))
                .variant(
                        variant(
                                        "only interrupts synchronise",
                                        "x86 before MB-08, -09 and -11 were fixed.",
                                        Arch.X86,
                                        Change.IPI_MB_ONLY,
                                        Change.SKIPS_CALLER,
                                        Change.NO_LAZY_SYNC)
                                .violated(SC, TSO))
                .variant(
                        variant(
                                        "caches not flushed",
                                        "arm64, and a program that does not flush.",
                                        Arch.ARM64,
                                        Change.NO_FLUSH)
                                .violated(MemoryModel.values()))
                .variant(reached(CoreSync.SKIPPED))
                .variant(reached(CoreSync.RESCHEDULED))
                .build();
    }

    private static Variant variant(String name, String text, Arch arch, Change... changes) {
        return CoreSync.variant(ID, name, text, arch, changes);
    }

    private static Variant reached(String step) {
        return CoreSync.reached(ID, Arch.ARM64, step, MemoryModel.values());
    }
}
