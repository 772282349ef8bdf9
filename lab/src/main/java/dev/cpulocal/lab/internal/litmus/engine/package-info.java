// SPDX-License-Identifier: Apache-2.0

/** Finds the engine that runs a litmus test: the machine for assembly, the kernel's model for C. */
package dev.cpulocal.lab.internal.litmus.engine;
