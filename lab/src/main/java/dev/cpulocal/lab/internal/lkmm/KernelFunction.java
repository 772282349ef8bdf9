// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.List;

/**
 * A thread of a litmus test.
 *
 * @param line the number of the line on which it begins
 * @param thread its number
 * @param parameters the places in memory whose addresses it gets, under their names
 * @param body what it does
 */
record KernelFunction(int line, int thread, List<String> parameters, List<Statement> body) {}
