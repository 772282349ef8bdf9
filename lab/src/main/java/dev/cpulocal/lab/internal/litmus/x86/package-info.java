// SPDX-License-Identifier: Apache-2.0

/**
 * Litmus tests of x86: 32 bits as Intel writes instructions, 64 bits as AT&amp;T does. What an
 * instruction does is the same for both.
 */
package dev.cpulocal.lab.internal.litmus.x86;
