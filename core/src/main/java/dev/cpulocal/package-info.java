// SPDX-License-Identifier: Apache-2.0

/**
 * Per-CPU data on Linux.
 *
 * <p>Start with {@link dev.cpulocal.CpuCounter}. To write a structure of your own, describe its
 * operation as a {@link dev.cpulocal.Sequence}, put its data in a {@link dev.cpulocal.CpuMemory}
 * and {@linkplain dev.cpulocal.CpuMemory#bind bind} the two. {@link dev.cpulocal.Rseq} and {@link
 * dev.cpulocal.Membarrier} tell what the running machine offers.
 */
package dev.cpulocal;
