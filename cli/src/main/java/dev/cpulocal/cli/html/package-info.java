// SPDX-License-Identifier: Apache-2.0

/** What all HTML pages have in common. */
package dev.cpulocal.cli.html;
