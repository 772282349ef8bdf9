/** Results of benchmarks, as documents and as text. */
@NullMarked
package dev.cpulocal.cli.bench;

import org.jspecify.annotations.NullMarked;
