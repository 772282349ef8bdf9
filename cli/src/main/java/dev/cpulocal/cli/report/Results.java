// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.cli.bench.BenchResult;
import dev.cpulocal.cli.doctor.Findings;
import dev.cpulocal.cli.stress.StressResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a report shows, each part as the command of that name prints it with {@code --json}.
 *
 * @param doctor what the machine offers
 * @param bench what was measured
 * @param stress whether anything was lost
 * @param proofs what the model checker found; null if it was not asked
 * @param failures what could not be done: the name of the command and what happened
 */
public record Results(
        Findings doctor,
        BenchResult bench,
        StressResult stress,
        @Nullable Proofs proofs,
        Map<String, String> failures) {

    /** Copies the map. */
    public Results {
        failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
    }
}
