// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

/** What an operation of an {@link OperationVector} reads: memory, or a number. */
public sealed interface Operand permits Place, Value {}
