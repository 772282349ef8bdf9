// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.util.List;

/**
 * What is to be measured, and for how long.
 *
 * @param parts the configurations
 * @param warmups iterations before those that count, in each fork
 * @param iterations iterations that count, in each fork
 * @param iterationMillis how long each takes
 * @param <C> the configurations
 */
public record Plan<C>(List<Part<C>> parts, int warmups, int iterations, int iterationMillis) {

    /**
     * Measure a configuration several times.
     *
     * @param configuration what
     * @param forks in how many fresh JVMs
     * @param <C> the configuration
     */
    public record Part<C>(C configuration, int forks) {
        /** Checks the number. */
        public Part {
            positive("forks", forks);
        }
    }

    /** Copies the list and checks the numbers. */
    public Plan {
        parts = List.copyOf(parts);
        positive("parts", parts.size());
        positive("warmups", warmups);
        positive("iterations", iterations);
        positive("iterationMillis", iterationMillis);
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }

    /** {@return how many forks there are in all} */
    public int forks() {
        return parts.stream().mapToInt(Part::forks).sum();
    }

    /**
     * {@return the same times for other configurations}
     *
     * @param newParts the configurations
     */
    public Plan<C> with(List<Part<C>> newParts) {
        return new Plan<>(newParts, warmups, iterations, iterationMillis);
    }
}
