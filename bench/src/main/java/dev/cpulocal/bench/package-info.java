/** Benchmarks against what a user would take instead. */
@NullMarked
package dev.cpulocal.bench;

import org.jspecify.annotations.NullMarked;
