// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StatusLineTest {

    private final AtomicLong clock = new AtomicLong();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private StatusLine status(boolean terminal) {
        return new StatusLine("work", clock::get, new PrintStream(bytes, true, UTF_8), terminal);
    }

    private void say(StatusLine status, int millis) {
        clock.set(Duration.ofMillis(millis).toNanos());
        status.say("at " + millis);
    }

    private String out() {
        return bytes.toString(UTF_8);
    }

    @Test
    void isSilentInTheFirstTwoSeconds() {
        for (boolean terminal : new boolean[] {false, true}) {
            try (StatusLine status = status(terminal)) {
                say(status, 0);
                say(status, 1999);
            }
            clock.set(0);
        }

        assertEquals("", out());
    }

    @Test
    void printsALineEveryFiveSeconds() {
        try (StatusLine status = status(false)) {
            for (int second = 0; second <= 12; second++) {
                say(status, second * 1000);
            }
        }

        assertEquals("work: at 2000\nwork: at 7000\nwork: at 12000\n", out());
    }

    @Test
    void changesItsLineOnATerminalAndTakesItAway() {
        try (StatusLine status = status(true)) {
            say(status, 2000);
            say(status, 2249);
            say(status, 2250);
        }

        assertEquals("\r\u001b[Kwork: at 2000\r\u001b[Kwork: at 2250\r\u001b[K", out());
    }

    @Test
    void keepsToOneLineOfATerminal() {
        try (StatusLine status = status(true)) {
            clock.set(Duration.ofSeconds(3).toNanos());
            status.say("x".repeat(1000));
        }

        String line = "work: " + "x".repeat(104);
        assertEquals("\r\u001b[K" + line + "\r\u001b[K", out());
    }
}
