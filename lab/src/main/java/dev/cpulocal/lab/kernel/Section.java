// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Expr.Label;

/**
 * A critical section: what {@code struct rseq_cs} says of it.
 *
 * @param number its address, so to speak: what a thread stores to rseq_cs
 * @param start its first line
 * @param end the line after its last, which is its commit
 * @param abort where it goes on when it is restarted
 */
public record Section(int number, Label start, Label end, Label abort) {}
