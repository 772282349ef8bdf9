// SPDX-License-Identifier: Apache-2.0

/** Pages about scenarios: the museum of kernel bugs, and those of users. */
@NullMarked
package dev.cpulocal.cli.museum;

import org.jspecify.annotations.NullMarked;
