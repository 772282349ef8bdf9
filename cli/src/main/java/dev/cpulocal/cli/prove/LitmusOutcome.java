// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

/** What became of a litmus file under one memory model. */
public sealed interface LitmusOutcome permits LitmusAnswer, LitmusProblem {}
