// SPDX-License-Identifier: Apache-2.0

/**
 * Litmus tests of AArch64: loads and stores of all sizes, exclusives, the atomic instructions of
 * LSE, barriers, and what computes in general registers.
 */
package dev.cpulocal.lab.internal.litmus.aarch64;
