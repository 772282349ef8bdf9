// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows on standard error how far something is and how long it still takes: a bar on a terminal,
 * else a line every few seconds. All methods for any thread.
 *
 * <p>The whole consists of phases whose durations are guessed beforehand. How far a phase is, is
 * told by {@link #reach}, or else taken from the clock. What is left is guessed from how fast the
 * rest went, compared to the guess.
 */
public final class Progress implements AutoCloseable {

    private static final long LINE_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long TICK_MILLIS = 250;
    private static final int BAR_WIDTH = 110;
    private static final double NEVER_DONE = 0.99;
    private static final double ENOUGH_TO_JUDGE = 0.1;

    private final String task;
    private final List<Duration> phases;
    private final double totalNanos;
    private final LongSupplier clock;
    private final PrintStream out;
    private final @Nullable ProgressBar bar;
    private final long began;
    private int phase;
    private double phasesDoneNanos;
    private long phaseBegan;
    private double reached = -1;
    private String what = "";
    private long lastLine;

    Progress(
            String task,
            List<Duration> phases,
            LongSupplier clock,
            PrintStream out,
            boolean terminal) {
        this.task = task;
        this.phases = List.copyOf(phases);
        this.totalNanos = phases.stream().mapToDouble(Duration::toNanos).sum();
        this.clock = clock;
        this.out = out;
        this.bar = terminal ? bar(task, out) : null;
        this.began = clock.getAsLong();
        this.phaseBegan = began;
        this.lastLine = began;
    }

    /**
     * {@return progress that begins now}
     *
     * @param task what is being done
     * @param phases how long its phases will take, as far as one can tell
     */
    public static Progress start(String task, List<Duration> phases) {
        return new Progress(task, phases, System::nanoTime, System.err, isTerminal());
    }

    /** What standard error is; the JVM itself only knows of input and output. */
    static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private ProgressBar bar(String name, PrintStream stream) {
        return new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(100)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .setMaxRenderedLength(BAR_WIDTH)
                .clearDisplayOnFinish()
                .setEtaFunction(_ -> Optional.of(remaining()))
                .setConsumer(new ConsoleProgressBarConsumer(stream, BAR_WIDTH))
                .build();
    }

    /** Says what is being done now. */
    public synchronized void say(String step) {
        what = step;
        tick();
    }

    /** Says how much of this phase is done, 0 to 1, and what is being done now. */
    public synchronized void reach(double fraction, String step) {
        reached = Math.clamp(fraction, Math.max(0, reached), 1);
        say(step);
    }

    /** Says that this phase is done and the next begins. */
    public synchronized void nextPhase() {
        phasesDoneNanos += phases.get(phase).toNanos();
        phase = Math.min(phase + 1, phases.size() - 1);
        reached = -1;
        phaseBegan = clock.getAsLong();
        tick();
    }

    /**
     * Shows the time that passes while something is done that says nothing of its progress.
     *
     * @param step what is being done
     * @param work what does it, on a thread of its own
     * @return what it answers
     */
    public <T> T during(String step, Callable<T> work) throws Exception {
        say(step);
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name("work").start(task);
        while (true) {
            try {
                return task.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                tick();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }
    }

    /** To be called often: shows the time that passed. */
    public synchronized void tick() {
        if (bar != null) {
            bar.setExtraMessage(what);
            bar.stepTo(Math.round(done() * 100));
        } else if (clock.getAsLong() - lastLine >= LINE_EVERY_NANOS) {
            lastLine = clock.getAsLong();
            out.println(line());
        }
    }

    synchronized String line() {
        return task
                + ": "
                + (int) Math.min(99, done() * 100)
                + "%, about "
                + Units.wait(remaining())
                + " left"
                + (what.isEmpty() ? "" : ": " + what);
    }

    private double done() {
        double guess = phases.get(phase).toNanos();
        double fraction =
                reached >= 0
                        ? reached
                        : Math.min(NEVER_DONE, (clock.getAsLong() - phaseBegan) / guess);
        return Math.min(1, (phasesDoneNanos + fraction * guess) / totalNanos);
    }

    private Duration remaining() {
        double done = done();
        double passed = clock.getAsLong() - began;
        double whole = done < ENOUGH_TO_JUDGE ? totalNanos : passed / done;
        return Duration.ofNanos((long) (whole * (1 - done)));
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
