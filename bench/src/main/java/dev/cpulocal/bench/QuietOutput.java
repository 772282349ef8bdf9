// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.IntConsumer;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** Keeps what JMH and its fork print, for the message should they fail, and counts iterations. */
final class QuietOutput implements OutputFormat {

    private final IntConsumer iterations;
    private final StringBuilder text = new StringBuilder();
    private int count;

    /**
     * Makes an output.
     *
     * @param iterations is told how many iterations are over
     */
    QuietOutput(IntConsumer iterations) {
        this.iterations = iterations;
    }

    /** {@return what would have been printed} */
    synchronized String text() {
        return text.toString();
    }

    @Override
    public void iterationResult(
            BenchmarkParams benchmark,
            IterationParams params,
            int iteration,
            IterationResult data) {
        iterations.accept(++count);
    }

    @Override
    public synchronized void print(String s) {
        text.append(s);
    }

    @Override
    public synchronized void println(String s) {
        text.append(s).append('\n');
    }

    @Override
    public synchronized void write(int b) {
        text.append((char) b);
    }

    @Override
    public synchronized void write(byte[] b) {
        text.append(new String(b, StandardCharsets.UTF_8));
    }

    @Override
    public void verbosePrintln(String s) {}

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams params, int iteration) {}

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {}

    @Override
    public void endBenchmark(BenchmarkResult result) {}

    @Override
    public void startRun() {}

    @Override
    public void endRun(Collection<RunResult> results) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
