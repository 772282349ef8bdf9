// SPDX-License-Identifier: Apache-2.0

/** The language in which scenarios are written, and the checker that runs them. */
package dev.cpulocal.lab;
