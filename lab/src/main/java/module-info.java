// SPDX-License-Identifier: Apache-2.0

/**
 * A model checker for per-CPU data and the kernel code under it: restartable sequences, scheduler,
 * membarrier, interrupts, on memory that reorders.
 */
@org.jspecify.annotations.NullMarked
module dev.cpulocal.lab {
    requires transitive dev.cpulocal;
    requires java.compiler;
    requires static org.jspecify;

    exports dev.cpulocal.lab;
    exports dev.cpulocal.lab.museum;
    exports dev.cpulocal.lab.proofs;
    exports dev.cpulocal.lab.kernel;
}
