// SPDX-License-Identifier: Apache-2.0

/**
 * Per-CPU data for the JVM on Linux, by restartable sequences.
 *
 * <p>Grant native access by name: {@code --enable-native-access=dev.cpulocal}. Without it, and on
 * platforms without restartable sequences, everything works with the same results, slower; {@link
 * dev.cpulocal.Rseq#availability()} says why.
 */
@org.jspecify.annotations.NullMarked
module dev.cpulocal {
    requires jdk.jfr;
    requires static org.jspecify;

    exports dev.cpulocal;
}
