// SPDX-License-Identifier: Apache-2.0

/** Read sections, grace periods and fences, beside what one would use instead. */
@org.jspecify.annotations.NullMarked
package dev.cpulocal.bench.rcu;
