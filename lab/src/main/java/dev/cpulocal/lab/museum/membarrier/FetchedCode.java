// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Arch;
import dev.cpulocal.lab.museum.membarrier.CoreSync.Change;
import java.util.Set;

/** Code that is modified, and what each of two CPUs has fetched of it. */
final class FetchedCode {

    private static final String CLAIM =
            "after membarrier(), no thread of the process runs the old code";
    private static final long NEW = 1;

    private final Arch arch;
    private final Set<Change> changes;
    private final Variable memory;
    private final Variable icache;
    private final Variable fetched;
    private final Variable returned;

    FetchedCode(Model.Builder m, Arch arch, Set<Change> changes) {
        this.arch = arch;
        this.changes = changes;
        memory = m.hardware("code", 0);
        icache = arch == Arch.X86 ? memory : m.hardware("icache", 0);
        fetched = m.hardwares("fetched", 2, 0);
        returned = m.ghost("returned", 0);
    }

    /** Changes it, and flushes the cache where that is another one than for data. */
    void modify(Code c) {
        c.as("write the new code").set(memory.get(), NEW);
        if (arch != Arch.X86 && !changes.contains(Change.NO_FLUSH)) {
            c.as("flush the instruction cache").set(icache.get(), NEW);
        }
    }

    /** Nobody may run the old code from here on. */
    void promise(Code c) {
        c.as("membarrier() has returned").set(returned.get(), 1);
    }

    /** A thread runs what its CPU has fetched. */
    void run(Code c) {
        c.as("run the code").check(CLAIM, returned.get().not().or(here().eq(NEW)));
    }

    /** The end of an interrupt, which synchronises the core. */
    void returnFromInterrupt(Code c) {
        synchronise(
                c,
                switch (arch) {
                    case X86 -> "IRET";
                    case ARM64 -> "ERET";
                    case POWERPC -> "rfid";
                });
    }

    /** The end of a system call, which synchronises the core on some architectures. */
    void returnFromSyscall(Code c) {
        if (changes.contains(Change.FAST_RETURN)) {
            nothing(c, "return to user mode (synchronises nothing)");
        } else if (arch == Arch.X86) {
            nothing(c, "SYSRET (serialises nothing)");
        } else {
            synchronise(c, arch == Arch.ARM64 ? "ERET" : "rfid");
        }
    }

    /** {@code sync_core_before_usermode()}, which is there for x86 only. */
    void syncCore(Code c) {
        if (arch == Arch.X86) {
            synchronise(c, "sync_core_before_usermode()");
        }
    }

    /** A line that does nothing. */
    void nothing(Code c, String text) {
        c.as(text).set(here(), here());
    }

    private void synchronise(Code c, String text) {
        if (arch == Arch.X86 && !changes.contains(Change.NO_DRAIN)) {
            c.as(text + ": drain the store buffer").mb();
        }
        c.as(text).set(here(), icache.get());
    }

    private Expr here() {
        return fetched.get(new Expr.Cpu());
    }
}
