/** Runs the model checker: on scenarios, litmus files, and scenarios of the user's own. */
@NullMarked
package dev.cpulocal.cli.prove;

import org.jspecify.annotations.NullMarked;
