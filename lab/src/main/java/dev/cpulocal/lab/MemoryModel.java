// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

/**
 * What a CPU may do out of order. From the strongest to the weakest, except that the last two allow
 * each what the other one forbids.
 *
 * <p>All have one memory that everybody sees alike (they are multi-copy atomic); they differ in the
 * order in which a CPU performs what it has to do there. Power, and the Linux kernel's model as a
 * whole, are weaker than that and not among them.
 */
public enum MemoryModel {
    /** Sequential consistency: in program order. */
    SC("SC", "sequential consistency"),
    /** x86: a store may wait in the CPU's store buffer while later loads are performed. */
    TSO("x86-TSO", "total store order"),
    /** TSO, and stores to different places may leave the buffer in any order. */
    PSO("PSO", "partial store order"),
    /** Arm's AArch64: any order that dependencies, barriers, acquire and release leave open. */
    ARMV8("ARMv8", "AArch64"),
    /** RISC-V's RVWMO: the same with other rules for dependencies and atomic instructions. */
    RISCV("RISC-V", "RVWMO");

    private final String title;
    private final String meaning;

    MemoryModel(String title, String meaning) {
        this.title = title;
        this.meaning = meaning;
    }

    /** {@return its name as in the literature} */
    public String title() {
        return title;
    }

    /** {@return what the name stands for} */
    public String meaning() {
        return meaning;
    }

    /** {@return whether a CPU may perform a later access before an earlier load} */
    public boolean defersLoads() {
        return this == ARMV8 || this == RISCV;
    }

    /** {@return whether a CPU may perform a later load before an earlier store} */
    public boolean defersStores() {
        return this != SC;
    }
}
