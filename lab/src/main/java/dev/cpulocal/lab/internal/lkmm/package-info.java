// SPDX-License-Identifier: Apache-2.0

/**
 * The Linux kernel's memory model, and its litmus tests in C.
 *
 * <p>The model is weaker than any machine: stores may become visible to some CPUs before others. So
 * it is not run but asked about whole executions. {@link
 * dev.cpulocal.lab.internal.lkmm.KernelParser} reads the C, {@link
 * dev.cpulocal.lab.internal.lkmm.PathBuilder} follows each thread down every path of its control
 * flow, {@link dev.cpulocal.lab.internal.lkmm.Candidates} lets every load read from every store
 * that it could and every two stores to a place come in either order, and {@link
 * dev.cpulocal.lab.internal.lkmm.LinuxModel} says which of these executions the axioms allow.
 *
 * <p>Under the memory model of an architecture the same tests run on the machine instead: {@link
 * dev.cpulocal.lab.internal.lkmm.MachineProgram} makes a program of what the parser has read, with
 * the instructions that the kernel has for its primitives there ({@link
 * dev.cpulocal.lab.internal.lkmm.Lowering}).
 */
package dev.cpulocal.lab.internal.lkmm;
