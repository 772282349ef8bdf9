// SPDX-License-Identifier: Apache-2.0

/**
 * Bugs that the Linux kernel had, and claims that were made about it: each as today's algorithm and
 * one change to it, with the verdict that the checker is to find.
 *
 * <p>Code of one architecture is checked under the memory models that this architecture has.
 */
package dev.cpulocal.lab.museum;
