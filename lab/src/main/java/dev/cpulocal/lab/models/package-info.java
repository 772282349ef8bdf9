// SPDX-License-Identifier: Apache-2.0

/**
 * Algorithms that every checker is tried on, of a size that one chooses: a ring of stores,
 * Peterson's lock, a ticket lock, user-space RCU. Their state counts are known from other tools,
 * and their broken variants fail where they should.
 *
 * <p>{@code lab/src/test/peers} has the same transition systems in Promela and TLA+.
 */
package dev.cpulocal.lab.models;
