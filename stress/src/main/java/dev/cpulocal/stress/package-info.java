/** Concurrency stress tests. */
@NullMarked
package dev.cpulocal.stress;

import org.jspecify.annotations.NullMarked;
