// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

/**
 * A part of the page.
 *
 * @param id what links name it by
 * @param title its heading
 * @param html its content, escaped already; a section without any is not shown
 */
public record Section(String id, String title, String html) {}
