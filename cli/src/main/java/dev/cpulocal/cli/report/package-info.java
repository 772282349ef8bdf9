/** The report: one HTML file. */
@NullMarked
package dev.cpulocal.cli.report;

import org.jspecify.annotations.NullMarked;
