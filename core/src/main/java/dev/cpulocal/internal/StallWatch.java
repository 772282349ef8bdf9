// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.function.LongConsumer;

/**
 * Who is told when a grace period takes long.
 *
 * @param limitNanos how long is long
 * @param report is given how long it has taken, once for each limit that has passed
 */
public record StallWatch(long limitNanos, LongConsumer report) {}
