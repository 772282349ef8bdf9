// SPDX-License-Identifier: Apache-2.0

/** What all HTML pages have in common. */
@NullMarked
package dev.cpulocal.cli.html;

import org.jspecify.annotations.NullMarked;
