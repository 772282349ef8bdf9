// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a thread asks of the kernel: our extension of the language.
 *
 * @param name what
 * @param argument a CPU or a thread; -1 if it is called without
 */
public record SystemCall(Name name, int argument) {

    /** The calls. */
    public enum Name {
        /** All other CPUs that run threads of the process execute a full barrier. */
        MEMBARRIER,
        /** A CPU executes a full barrier. */
        IPI_MB,
        /** Another thread runs here, with the barriers of the scheduler. */
        SCHEDULE,
        /** Another thread runs here, with no barriers. */
        SWITCH_TO;

        private boolean takes(boolean argument) {
            return switch (this) {
                case MEMBARRIER -> !argument;
                case IPI_MB, SWITCH_TO -> argument;
                case SCHEDULE -> true;
            };
        }

        private String usage() {
            return switch (this) {
                case MEMBARRIER -> "membarrier()";
                case IPI_MB -> "ipi_mb(CPU)";
                case SCHEDULE -> "schedule() or schedule(THREAD)";
                case SWITCH_TO -> "switch_to(THREAD)";
            };
        }
    }

    /** {@return whether there is a call of a name} */
    public static boolean isOne(String name) {
        return find(name) != null;
    }

    private static @Nullable Name find(String name) {
        for (Name one : Name.values()) {
            if (one.name().equals(name.toUpperCase(Locale.ROOT))) {
                return one;
            }
        }
        return null;
    }

    /**
     * {@return a call}
     *
     * @param name its name, which {@link #isOne there is}
     * @param argument what is in its parentheses
     * @param malformed makes an error of a sentence
     */
    public static SystemCall of(
            String name, String argument, Function<String, Malformed> malformed) {
        Name found = find(name);
        boolean isNumber = argument.matches("\\d{1,4}");
        if (found == null
                || !(isNumber || argument.isEmpty())
                || !found.takes(!argument.isEmpty())) {
            throw malformed.apply(
                    "arguments (expected: " + (found == null ? "none" : found.usage()) + ")");
        }
        return new SystemCall(found, isNumber ? Integer.parseInt(argument) : -1);
    }

    /** {@return whether it moves threads} */
    boolean isOfScheduler() {
        return name == Name.SCHEDULE || name == Name.SWITCH_TO;
    }
}
