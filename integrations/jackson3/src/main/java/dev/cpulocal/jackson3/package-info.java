// SPDX-License-Identifier: Apache-2.0

/** Jackson 3.x's buffers, pooled for each CPU: {@link dev.cpulocal.jackson3.CpuRecyclerPool}. */
package dev.cpulocal.jackson3;
