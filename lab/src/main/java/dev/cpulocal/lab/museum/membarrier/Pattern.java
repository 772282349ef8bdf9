// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

/** What membarrier() orders, as in the comment of {@code membarrier.c}. */
enum Pattern {
    /** Each CPU writes and then looks: not both see nothing. Store buffering. */
    FLAGS,
    /** CPU 1 writes twice; who sees the second sees the first. Message passing. */
    MESSAGE,
    /** The same with a release and an acquire, which need no membarrier(): a ring's tail. */
    RING
}
