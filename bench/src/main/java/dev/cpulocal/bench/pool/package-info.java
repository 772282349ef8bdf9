/** Object pools side by side: {@code CpuPool} and what a user would take instead. */
@NullMarked
package dev.cpulocal.bench.pool;

import org.jspecify.annotations.NullMarked;
