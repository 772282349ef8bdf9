// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.cli.doctor.Findings.Platform;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bench --json} prints: the names of the components are an interface.
 *
 * @param version of cpulocal
 * @param platform where it ran
 * @param availableProcessors how many CPUs the JVM may use
 * @param counter the result of the benchmark {@code counter}
 */
public record BenchResult(
        String version,
        Platform platform,
        int availableProcessors,
        @Nullable CounterResult counter) {}
