/** What the running machine offers. */
@NullMarked
package dev.cpulocal.cli.doctor;

import org.jspecify.annotations.NullMarked;
