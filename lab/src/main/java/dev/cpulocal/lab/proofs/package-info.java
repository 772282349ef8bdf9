// SPDX-License-Identifier: Apache-2.0

/**
 * Proofs of the library's sequences, and what users prove their own with: {@link
 * dev.cpulocal.lab.proofs.SequenceProof}.
 *
 * <p>Sequences run as they are. Every op is a line; around them is what the machine code has around
 * them; and against them is what the library does from elsewhere.
 */
package dev.cpulocal.lab.proofs;
