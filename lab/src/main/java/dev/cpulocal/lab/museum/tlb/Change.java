// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

/** What can be different from today's {@code arch/x86/mm/tlb.c}. */
enum Change {
    /** {@code switch_mm_irqs_off()}: no {@code smp_mb()} where the bit in mm_cpumask is set. */
    NO_BARRIER_IF_IN_MASK,
    /** The bit in mm_cpumask is set in any case, by an atomic instruction. */
    ALWAYS_SET_BIT,
    /** tlb_gen is read before loaded_mm becomes SWITCHING. */
    GENERATION_FIRST,
    /** No {@code smp_mb()} on the way from a lazy kernel thread back to the mm that is loaded. */
    NO_BARRIER_FROM_LAZY,
    /** is_lazy becomes false after tlb_gen is read. */
    LAZY_AFTER_GENERATION,
    /** {@code should_flush_tlb()}: SWITCHING is an mm like any other. */
    SWITCHING_UNKNOWN,
    /** {@code should_flush_tlb()} reads is_lazy before loaded_mm. */
    LAZY_READ_FIRST,
    /** {@code flush_tlb_mm_range()}: lazy CPUs are skipped even if page tables are freed. */
    LAZY_SKIPPED_WHEN_FREED,
    /** Lazy CPUs are never skipped. */
    LAZY_NEVER_SKIPPED,
    /** {@code tlb_remove_table()}: with no memory for a batch, a table is freed unflushed. */
    FREED_WITHOUT_FLUSH,
    /** The table of an mm with a single user is freed at once. */
    FREED_AT_ONCE
}
