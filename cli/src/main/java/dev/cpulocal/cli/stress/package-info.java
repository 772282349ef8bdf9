/** Runs in which nothing may be lost. */
@NullMarked
package dev.cpulocal.cli.stress;

import org.jspecify.annotations.NullMarked;
