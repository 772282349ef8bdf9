/** Listings of the machine code of sequences. */
@NullMarked
package dev.cpulocal.cli.disasm;

import org.jspecify.annotations.NullMarked;
