// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.IndexMode;
import java.util.List;

/**
 * How a process is set up that is put under stress.
 *
 * @param rseq the value of the system property {@code cpulocal.rseq}
 * @param index what chooses the range of a sequence
 */
public record Mode(String rseq, IndexMode index) {

    /** {@return the values that {@code cpulocal.rseq} can have} */
    public static List<String> settings() {
        return List.of("on", "random", "off");
    }

    /** {@return all combinations} */
    public static List<Mode> all(List<String> settings, List<IndexMode> indexes) {
        return settings.stream()
                .flatMap(rseq -> indexes.stream().map(index -> new Mode(rseq, index)))
                .toList();
    }

    /** {@return all there are} */
    public static List<Mode> all() {
        return all(settings(), List.of(IndexMode.values()));
    }

    @Override
    public String toString() {
        return "rseq " + rseq + ", index " + index.field();
    }
}
