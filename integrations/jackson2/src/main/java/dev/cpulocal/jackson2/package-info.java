// SPDX-License-Identifier: Apache-2.0

/** Jackson 2.x's buffers, pooled for each CPU: {@link dev.cpulocal.jackson2.CpuRecyclerPool}. */
package dev.cpulocal.jackson2;
