// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Shows on standard error what is being done, where nobody can tell how long it takes: a line that
 * changes on a terminal, else one every few seconds, and nothing in the first two. All methods for
 * any thread.
 */
public final class StatusLine implements AutoCloseable {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long CHANGE_EVERY_NANOS = Duration.ofMillis(250).toNanos();
    private static final long LINE_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int WIDTH = 110;
    private static final String TO_START_AND_ERASE = "\r\u001b[K";

    private final String task;
    private final LongSupplier clock;
    private final PrintStream out;
    private final boolean terminal;
    private long next;
    private boolean shown;

    StatusLine(String task, LongSupplier clock, PrintStream out, boolean terminal) {
        this.task = task;
        this.clock = clock;
        this.out = out;
        this.terminal = terminal;
        this.next = clock.getAsLong() + PATIENCE_NANOS;
    }

    /**
     * {@return a line of something that begins now}
     *
     * @param task what it is
     */
    public static StatusLine start(String task) {
        return new StatusLine(task, System::nanoTime, System.err, Progress.isTerminal());
    }

    /** {@return a line that is never shown, for what somebody else reports} */
    public static StatusLine silent() {
        return new StatusLine("", () -> 0, System.err, false);
    }

    /** To be called often: says what is being done now. */
    public synchronized void say(String step) {
        long now = clock.getAsLong();
        if (now < next) {
            return;
        }
        String line = task + ": " + step;
        if (terminal) {
            next = now + CHANGE_EVERY_NANOS;
            out.print(TO_START_AND_ERASE + line.substring(0, Math.min(WIDTH, line.length())));
            out.flush();
        } else {
            next = now + LINE_EVERY_NANOS;
            out.println(line);
        }
        shown = true;
    }

    /** Takes the line away from a terminal. */
    @Override
    public synchronized void close() {
        if (terminal && shown) {
            out.print(TO_START_AND_ERASE);
            out.flush();
        }
    }
}
