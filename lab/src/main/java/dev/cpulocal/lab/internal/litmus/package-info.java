// SPDX-License-Identifier: Apache-2.0

/**
 * Litmus tests: a few threads of a few instructions, and the question what they can leave behind.
 *
 * <p>A file goes through {@link dev.cpulocal.lab.internal.litmus.LitmusSource}, which cuts it into
 * sections, and {@link dev.cpulocal.lab.internal.litmus.Translator}, which makes it a program of
 * the machine; a search visits every final state, and {@link
 * dev.cpulocal.lab.internal.litmus.HerdOutput} prints what came out as herd does. Whatever a file
 * says and the machine cannot do ends in a {@link dev.cpulocal.lab.internal.litmus.Refusal}, never
 * in a guess.
 *
 * <p>Covered are tests whose first word is {@code X86}, {@code X86_64}, {@code AArch64} or {@code
 * RISCV}:
 *
 * <ul>
 *   <li>x86: moves, arithmetic, comparisons and jumps, {@code LOCK}, {@code XCHG}, {@code CMPXCHG},
 *       {@code XADD}, fences. Without {@code LOCK}, a change of memory is a load and then a store.
 *   <li>AArch64: loads and stores of all sizes and addresses, pairs, acquire and release,
 *       exclusives, {@code CAS}, {@code SWP}, {@code LDADD} and its like, {@code DMB}, {@code DSB},
 *       {@code ISB}, arithmetic, {@code CSEL} and its like, branches.
 *   <li>RISC-V: loads and stores, {@code .aq} and {@code .rl}, {@code lr}, {@code sc}, atomics,
 *       fences, arithmetic, branches. {@code fence.i} orders nothing here.
 *   <li>Initial values, arrays, pointers; {@code locations}, {@code filter}, {@code exists}, {@code
 *       ~exists}, {@code forall}.
 * </ul>
 *
 * <p>Not covered, and refused: jumps back, places that are accessed in more than one size, page
 * tables, tags, faults and their handlers, code as data, vector and symbolic registers. An
 * execution that accesses an address where nothing is has no final state, as with herd, and the
 * answer has a flag that says so.
 *
 * <p>What is no instruction goes through {@link dev.cpulocal.lab.internal.litmus.SystemCalls}: the
 * kernel under a test, with its interrupts and its scheduler. Tests in C that are run on the
 * machine share it.
 */
package dev.cpulocal.lab.internal.litmus;
