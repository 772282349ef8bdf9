// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

/** The two things that membarrier() orders, as in the comment of {@code membarrier.c}. */
enum Pattern {
    /** Each CPU writes and then looks: not both see nothing. Store buffering. */
    FLAGS,
    /** CPU 1 writes twice; who sees the second sees the first. Message passing. */
    MESSAGE
}
