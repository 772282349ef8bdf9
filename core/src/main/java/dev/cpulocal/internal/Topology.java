// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The CPUs of the machine, as the kernel lists them under {@code /sys/devices/system/cpu}. */
public final class Topology {

    private static final Path DIRECTORY = Path.of("/sys/devices/system/cpu");
    private static final CpuSet POSSIBLE = read("possible");

    private Topology() {}

    /** {@return the CPUs that can ever be online: fixed at boot} */
    public static CpuSet possible() {
        return POSSIBLE;
    }

    /** {@return the CPUs that are online now} */
    public static CpuSet online() {
        return read("online");
    }

    /**
     * A list, or the JVM's own count where there is none: elsewhere than on Linux, or where /sys is
     * hidden. That count respects affinity and cgroups, so an index may exceed it; emitted code
     * bounds every index.
     */
    private static CpuSet read(String file) {
        try {
            CpuSet cpus = CpuSet.parse(Files.readString(DIRECTORY.resolve(file)));
            if (cpus.size() > 0) {
                return cpus;
            }
        } catch (IOException | IllegalArgumentException | SecurityException e) {
            // The kernel does not say: the JVM's count serves.
        }
        return CpuSet.parse("0-" + (Runtime.getRuntime().availableProcessors() - 1));
    }
}
