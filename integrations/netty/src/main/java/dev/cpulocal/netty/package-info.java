// SPDX-License-Identifier: Apache-2.0

/** Netty's recycling, for each CPU and on any thread: {@link dev.cpulocal.netty.CpuRecycler}. */
package dev.cpulocal.netty;
