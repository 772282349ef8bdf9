// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.UsageException;
import dev.cpulocal.cli.terminal.MemorySize;
import dev.cpulocal.cli.terminal.TimeSpan;
import dev.cpulocal.cli.terminal.Units;
import dev.cpulocal.lab.Budget;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how models are searched. */
public final class SearchOptions {

    private static final int MOST_THREADS = 1024;

    /** A state takes no less, however it is stored. */
    private static final long BYTES_OF_A_STATE = 8;

    @Option(
            names = "--states",
            paramLabel = "<n>",
            description = "Give up a check after so many states. Default: no limit.")
    private @Nullable Long states;

    @Option(
            names = "--time",
            paramLabel = "<time>",
            converter = TimeSpan.class,
            description = "Give up a check after this time, such as 30s or 10m. Default: no limit.")
    private @Nullable Duration time;

    @Option(
            names = "--memory",
            paramLabel = "<size>",
            converter = MemorySize.class,
            description =
                    "Give up a check when its states take so much memory, such as 512m or 2g, 1m or"
                            + " more. Default: three quarters of the JVM's maximum heap.")
    private @Nullable Long memory;

    @Option(
            names = "--threads",
            paramLabel = "<n>",
            description =
                    "How many threads search, 1 to 1024. Default: one for each CPU. So many checks are"
                            + " made at a time; a single one is divided among them.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--no-reduction",
            description =
                    "Search every order of steps that nobody can tell apart, too. No verdict depends"
                            + " on it; states and time do.")
    private boolean unreduced;

    /**
     * {@return how to search}
     *
     * @throws UsageException if an option makes no sense
     */
    public Searching searching() {
        check();
        Budget budget = Budget.DEFAULT;
        return new Searching(
                new Budget(
                        Objects.requireNonNullElse(states, budget.states()),
                        Objects.requireNonNullElse(time, budget.time()),
                        Objects.requireNonNullElse(memory, budget.bytes())),
                threads,
                !unreduced);
    }

    private void check() {
        if (states != null && states < 1) {
            throw new UsageException("--states: " + states + " (expected: 1 or more)");
        }
        if (time != null && time.isZero()) {
            throw new UsageException("--time: 0 (expected: longer)");
        }
        if (memory != null && (memory < Budget.LEAST_BYTES || memory > machineBytes())) {
            throw new UsageException(
                    "--memory: "
                            + Units.bytes(memory)
                            + " (expected: 1m to what this machine has, "
                            + Units.bytes(machineBytes())
                            + ")");
        }
        if (states != null && memory != null && states > memory / BYTES_OF_A_STATE) {
            throw new UsageException(
                    "--states: "
                            + Units.count(states)
                            + " never fit into --memory of "
                            + Units.bytes(memory)
                            + " (expected: fewer states, or more memory)");
        }
        if (threads < 1 || threads > MOST_THREADS) {
            throw new UsageException(
                    "--threads: " + threads + " (expected: 1 to " + MOST_THREADS + ")");
        }
    }

    private static long machineBytes() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getTotalMemorySize()
                : Long.MAX_VALUE;
    }
}
