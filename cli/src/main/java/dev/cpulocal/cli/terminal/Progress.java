// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows on standard error how far something is and how long it still takes: a bar on a terminal,
 * else a line every few seconds. For one thread.
 */
public final class Progress implements AutoCloseable {

    private static final long LINE_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int BAR_WIDTH = 110;
    private static final double NEVER_DONE = 0.99;

    private final String task;
    private final PrintStream out;
    private final @Nullable ProgressBar bar;
    private final long began = System.nanoTime();
    private final long expectedNanos;
    private String what = "";
    private double done;
    private boolean measured;
    private long lastLine = began;

    private Progress(String task, Duration expected, PrintStream out, boolean terminal) {
        this.task = task;
        this.expectedNanos = expected.toNanos();
        this.out = out;
        this.bar = terminal ? bar(task, expected, out) : null;
    }

    /**
     * {@return progress that begins now}
     *
     * @param task what is being done
     * @param expected how long it will take, as far as one can tell
     */
    public static Progress start(String task, Duration expected) {
        return new Progress(task, expected, System.err, isTerminal());
    }

    static Progress toLines(String task, Duration expected, PrintStream out) {
        return new Progress(task, expected, out, false);
    }

    /** What standard error is; the JVM itself only knows of input and output. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static ProgressBar bar(String task, Duration expected, PrintStream out) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(Math.max(1, expected.toMillis()))
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit("s", 1000)
                .setUpdateIntervalMillis(250)
                .setMaxRenderedLength(BAR_WIDTH)
                .clearDisplayOnFinish()
                .setConsumer(new ConsoleProgressBarConsumer(out, BAR_WIDTH))
                .build();
    }

    /** Says what is being done now. */
    public void say(String step) {
        what = step;
        tick();
    }

    /** Says how much is done, 0 to 1, where that is known better than by the time passed. */
    public void reach(double fraction, String step) {
        measured = true;
        done = Math.min(1, Math.max(done, fraction));
        say(step);
    }

    /** To be called often: shows the time that passed. */
    public void tick() {
        long now = System.nanoTime();
        if (!measured) {
            done = Math.min(NEVER_DONE, (double) (now - began) / expectedNanos);
        }
        if (bar != null) {
            bar.setExtraMessage(what);
            bar.stepTo((long) (done * bar.getMax()));
        } else if (now - lastLine >= LINE_EVERY_NANOS) {
            lastLine = now;
            out.println(line(now - began));
        }
    }

    String line(long nanosPassed) {
        return task
                + ": "
                + Math.round(done * 100)
                + "%, about "
                + Units.wait(remaining(nanosPassed))
                + " left"
                + (what.isEmpty() ? "" : ": " + what);
    }

    private Duration remaining(long nanosPassed) {
        double left =
                measured && done > 0
                        ? nanosPassed * (1 - done) / done
                        : Math.max(0, expectedNanos - nanosPassed);
        return Duration.ofNanos((long) left);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
