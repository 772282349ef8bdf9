/** The command line. */
@NullMarked
package dev.cpulocal.cli;

import org.jspecify.annotations.NullMarked;
