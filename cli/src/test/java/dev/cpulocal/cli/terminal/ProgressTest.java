// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final AtomicLong clock = new AtomicLong();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Progress progress(int... seconds) {
        List<Duration> phases = Arrays.stream(seconds).mapToObj(Duration::ofSeconds).toList();
        return new Progress("work", phases, clock::get, new PrintStream(bytes, true, UTF_8), false);
    }

    private void pass(int seconds) {
        clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void goesByTheClockWhereNothingElseIsKnown() {
        try (Progress progress = progress(100)) {
            pass(25);
            progress.say("digging");

            assertEquals("work: 25%, about 1 min 15 s left: digging", progress.line());
        }
    }

    @Test
    void learnsFromHowFastItWent() {
        try (Progress progress = progress(100)) {
            pass(100);
            progress.reach(0.5, "");

            assertEquals("work: 50%, about 1 min 40 s left", progress.line());
        }
    }

    @Test
    void weighsPhasesByTheirGuesses() {
        try (Progress progress = progress(90, 10)) {
            pass(90);
            progress.reach(1, "");
            progress.nextPhase();

            assertEquals("work: 90%, about 10 s left", progress.line());
            pass(5);
            assertEquals("work: 95%, about 5 s left", progress.line());
        }
    }

    @Test
    void isNotDoneBeforeItIs() {
        try (Progress progress = progress(10)) {
            pass(1000);

            assertEquals("work: 99%, about 10 s left", progress.line());
        }
    }

    @Test
    void neverGoesBack() {
        try (Progress progress = progress(100)) {
            pass(50);
            progress.reach(0.5, "");
            progress.reach(0.4, "");

            assertEquals("work: 50%, about 50 s left", progress.line());
        }
    }

    @Test
    void printsALineEveryFiveSeconds() {
        try (Progress progress = progress(100)) {
            for (int i = 0; i < 12; i++) {
                pass(1);
                progress.tick();
            }
        }

        assertEquals(
                "work: 5%, about 1 min 35 s left\nwork: 10%, about 1 min 30 s left\n",
                bytes.toString(UTF_8));
    }

    @Test
    void handsOnWhatTheWorkAnswersAndThrows() throws Exception {
        try (Progress progress = progress(1)) {
            assertEquals("answer", progress.during("asking", () -> "answer"));
            assertThrows(
                    IOException.class,
                    () ->
                            progress.during(
                                    "failing",
                                    () -> {
                                        throw new IOException("on purpose");
                                    }));
        }
    }
}
