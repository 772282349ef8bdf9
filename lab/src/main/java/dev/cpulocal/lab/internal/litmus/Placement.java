// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where threads are: our extension of the lines between the name of a test and its initial state.
 *
 * <pre>
 *     CPUs=0,1,1         P0 begins on CPU 0, P1 on CPU 1, where P2 waits
 *     Processes=0,0,1    P0 and P1 are threads of one process, P2 is none of them
 * </pre>
 *
 * @param cpus the CPU of each thread: of those that begin on one the first runs, the others wait
 * @param processes the process of each thread
 * @param shared whether there are fewer CPUs than threads
 */
public record Placement(List<Integer> cpus, List<Integer> processes, boolean shared) {

    private static final String CPUS = "CPUs";
    private static final String PROCESSES = "Processes";

    /**
     * {@return what a file says; if nothing, each thread has a CPU, and all are of one process}
     *
     * @param source the file
     * @param threads how many threads it has
     */
    public static Placement of(LitmusSource source, int threads) {
        List<Integer> own = IntStream.range(0, threads).boxed().toList();
        List<Integer> cpus = numbers(source.info().get(CPUS), threads, own);
        List<Integer> processes =
                numbers(source.info().get(PROCESSES), threads, own.stream().map(_ -> 0).toList());
        int count = (int) cpus.stream().distinct().count();
        Section said = source.info().get(CPUS);
        if (said != null && cpus.stream().anyMatch(cpu -> cpu >= count)) {
            throw said.malformed(
                    "a CPU without threads (expected: CPUs from 0 on, each with a thread)");
        }
        return new Placement(cpus, processes, count < threads);
    }

    /**
     * Refuses a file that says where threads are, for a model that has no CPUs.
     *
     * @throws Refusal if it does
     */
    public static void refuse(LitmusSource source) {
        for (String key : List.of(CPUS, PROCESSES)) {
            Section said = source.info().get(key);
            if (said != null) {
                throw said.refusal(
                        key, "the kernel's memory model has no CPUs; --model runs it on a machine");
            }
        }
    }

    private static List<Integer> numbers(
            @Nullable Section said, int threads, List<Integer> otherwise) {
        if (said == null) {
            return otherwise;
        }
        List<Integer> numbers = new ArrayList<>();
        for (String word : said.text().split(",", -1)) {
            if (!word.strip().matches("\\d{1,4}")) {
                throw said.malformed("(expected: numbers with commas between)");
            }
            numbers.add(Integer.parseInt(word.strip()));
        }
        if (numbers.size() != threads) {
            throw said.malformed(
                    numbers.size() + " numbers (expected: " + threads + ", one for each thread)");
        }
        return List.copyOf(numbers);
    }

    /** {@return how many threads there are} */
    int threads() {
        return cpus.size();
    }

    /** {@return how many CPUs there are} */
    int cpuCount() {
        return (int) cpus.stream().distinct().count();
    }

    /** {@return the thread that each CPU runs at first} */
    List<Integer> running() {
        return IntStream.range(0, cpuCount()).map(cpus::indexOf).boxed().toList();
    }

    /** {@return whether a thread waits at first} */
    boolean waits(int thread) {
        return cpus.indexOf(cpus.get(thread)) != thread;
    }

    /** {@return whether threads are of several processes} */
    boolean hasProcesses() {
        return processes.stream().distinct().count() > 1;
    }
}
