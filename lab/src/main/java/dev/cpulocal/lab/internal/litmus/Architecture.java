// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.MemoryModel;

/** An instruction set: how its instructions are written and what they do. */
public interface Architecture {

    /** {@return the memory model of its CPUs} */
    MemoryModel model();

    /**
     * {@return whether loads extend numbers by their sign, if nothing else is said; memory then
     * holds them so}
     */
    boolean loadsSigned();

    /** {@return the names of its registers in initial and final states} */
    RegisterNames registers();

    /**
     * Appends to a thread what an instruction does.
     *
     * @param statement the instruction; not empty
     * @param thread the thread
     * @throws Malformed if it is no instruction
     * @throws Refusal if it is not covered
     */
    void translate(Statement statement, ThreadBuilder thread);
}
