// SPDX-License-Identifier: Apache-2.0

/** Litmus tests of RISC-V, 64 bits: the base instructions, multiplication aside, and atomics. */
package dev.cpulocal.lab.internal.litmus.riscv;
