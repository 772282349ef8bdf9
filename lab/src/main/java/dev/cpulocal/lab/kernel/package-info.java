// SPDX-License-Identifier: Apache-2.0

/**
 * The kernel that restartable sequences run under, as programs of the lab: scheduler, signals,
 * membarrier, and both forms of rseq.
 *
 * <p>Lines are named after the C code they stand for, so that they can be compared with it.
 */
package dev.cpulocal.lab.kernel;
