// SPDX-License-Identifier: Apache-2.0
/** How fast the checker of the lab is, on models that other tools have too. */
@NullMarked
package dev.cpulocal.bench.lab;

import org.jspecify.annotations.NullMarked;
