/** What is shown on a terminal: tables, numbers, progress. */
@NullMarked
package dev.cpulocal.cli.terminal;

import org.jspecify.annotations.NullMarked;
