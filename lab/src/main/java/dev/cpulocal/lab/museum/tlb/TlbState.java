// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.Set;

/** What two CPUs know about one mm and about CPU 1's translations of it. */
final class TlbState {

    /*
     * One mm, A. Of it there are tlb_gen, which counts its flushes; mm_cpumask, of which only the
     * bit of CPU 1 matters; and a page table of two levels with one entry each.
     *
     * Of CPU 1 there is cpu_tlbstate: the mm that is loaded, or SWITCHING (LOADED_MM_SWITCHING);
     * whether a kernel thread uses it lazily; and up to which generation its translations of A are
     * fresh (ctxs[asid].tlb_gen). All that is ordinary memory. What the CPU has loaded and cached
     * is hardware state: CR3, one translation, and whether it has cached where the last level of
     * the page table is. It has both from the time when it ran A before.
     *
     * CPU 0 flushes; what it has cached itself is left out.
     */

    /** The mm that this is about. */
    static final long A = 1;

    /** Another process. */
    static final long OTHER = 2;

    /** LOADED_MM_SWITCHING. */
    static final long SWITCHING = 3;

    /** The kernel's own page table. */
    static final long INIT_MM = 4;

    /** Nothing is cached. */
    static final long NONE = 0;

    /** The page as it was. */
    static final long OLD = 1;

    /** The page that takes its place. */
    static final long NEW = 2;

    /** The bit of CPU 1 in mm_cpumask. */
    static final long CPU_1 = 1 << 1;

    final Set<Change> changes;
    final Never never;
    final Variable pmd;
    final Variable pte;
    final Variable tlbGen;
    final Variable cpumask;
    final Variable loadedMm;
    final Variable isLazy;
    final Variable ctxTlbGen;
    final Variable cr3;
    final Variable tlb;
    final Variable tableCache;

    /**
     * Adds all that to a model.
     *
     * @param loaded the mm that CPU 1 has loaded
     * @param lazy whether a kernel thread runs there
     */
    TlbState(Model.Builder m, Set<Change> changes, long loaded, boolean lazy, Never never) {
        this.changes = changes;
        this.never = never;
        pmd = m.shared("pmd", 1);
        pte = m.shared("pte", OLD);
        tlbGen = m.shared("tlb_gen", 0);
        cpumask = m.shared("mm_cpumask", CPU_1);
        loadedMm = m.shared("loaded_mm", loaded);
        isLazy = m.shared("is_lazy", lazy ? 1 : 0);
        ctxTlbGen = m.shared("ctx.tlb_gen", 0);
        cr3 = m.hardware("CR3", loaded);
        tlb = m.hardware("tlb", OLD);
        tableCache = m.hardware("table cached", 1);
    }

    /** Drops what CPU 1 has cached; only in one step with others. */
    void forget(Code c) {
        c.as("forget translations").set(tlb.get(), NONE);
        c.as("forget page tables").set(tableCache.get(), NONE);
    }

    boolean has(Change change) {
        return changes.contains(change);
    }
}
