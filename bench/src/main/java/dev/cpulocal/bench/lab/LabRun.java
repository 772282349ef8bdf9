// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.lab;

import dev.cpulocal.bench.Child;
import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** Checks one model in a JVM of its own. */
final class LabRun {

    /**
     * How it is checked.
     *
     * @param model which model
     * @param threads how many threads search
     * @param reduced whether reductions are used
     */
    record Plan(LabModel model, int threads, boolean reduced) {}

    /**
     * What it took.
     *
     * @param processNanos from before the JVM was started until it had ended
     * @param cpuNanos how long the CPUs worked for it, all threads, compiling included
     * @param searchNanos how long the search took
     * @param residentKib the most memory that the process had
     * @param stateBytes the most memory that states had
     * @param states how many states there are
     * @param transitions how many transitions there are
     * @param depth the length of the longest shortest way
     */
    record Outcome(
            long processNanos,
            long cpuNanos,
            long searchNanos,
            long residentKib,
            long stateBytes,
            long states,
            long transitions,
            long depth) {}

    private static final String MODEL = "cpulocal.bench.lab.model";
    private static final String THREADS = "cpulocal.bench.lab.threads";
    private static final String REDUCED = "cpulocal.bench.lab.reduced";

    private LabRun() {}

    /**
     * {@return what a plan took}
     *
     * @throws IOException if there is no JVM
     * @throws IllegalStateException if it does not hold, or has not as many states as it should
     */
    static Outcome run(Plan plan) throws IOException {
        long begin = System.nanoTime();
        String output =
                Child.java(
                        LabRun.class,
                        "-D" + MODEL + "=" + plan.model(),
                        "-D" + THREADS + "=" + plan.threads(),
                        "-D" + REDUCED + "=" + plan.reduced());
        long end = System.nanoTime();
        long[] numbers =
                Arrays.stream(output.strip().split("\\s+", -1))
                        .mapToLong(Long::parseLong)
                        .toArray();
        return new Outcome(
                end - begin,
                numbers[0],
                numbers[1],
                numbers[2],
                numbers[3],
                numbers[4],
                numbers[5],
                numbers[6]);
    }

    /**
     * The program of the JVM.
     *
     * @param arguments none
     * @throws IOException if there is no {@code /proc}
     */
    public static void main(String[] arguments) throws IOException {
        LabModel model = LabModel.valueOf(System.getProperty(MODEL));
        boolean reduced = Boolean.getBoolean(REDUCED);
        Checker checker = Checker.of(MemoryModel.TSO).withThreads(Integer.getInteger(THREADS));
        Verdict verdict = (reduced ? checker : checker.unreduced()).check(model.model());
        Statistics statistics = verdict.statistics();
        if (!verdict.holds() || (!reduced && statistics.states() != model.states())) {
            throw new IllegalStateException(
                    model.label() + ": " + verdict + " (expected: " + model.states() + " states)");
        }
        System.out.println(
                cpuNanos()
                        + " "
                        + statistics.nanos()
                        + " "
                        + residentKib()
                        + " "
                        + statistics.bytes());
        System.out.println(
                statistics.states() + " " + statistics.transitions() + " " + statistics.depth());
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
