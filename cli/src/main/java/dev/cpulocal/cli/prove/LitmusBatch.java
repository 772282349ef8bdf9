// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.cli.terminal.Units;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.LitmusException;
import dev.cpulocal.lab.internal.litmus.LitmusOptions;
import dev.cpulocal.lab.internal.litmus.LitmusSource;
import dev.cpulocal.lab.internal.litmus.Malformed;
import dev.cpulocal.lab.internal.litmus.engine.Engines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs litmus files, several at a time.
 *
 * @param version of cpulocal
 * @param files the files
 * @param models the memory models to run each under; that of its architecture if empty
 * @param searching how
 */
public record LitmusBatch(
        String version, List<Path> files, List<MemoryModel> models, Searching searching) {

    /**
     * {@return all outcomes}
     *
     * @param status is told how far it is
     * @param each is given the outcomes one by one, in the order of the files
     */
    public LitmusReport run(StatusLine status, Consumer<LitmusOutcome> each)
            throws InterruptedException {
        long began = System.nanoTime();
        List<Test> tests = tests();
        List<LitmusOutcome> outcomes = new ArrayList<>();
        int atATime = Math.min(searching.threads(), tests.size());
        try (ExecutorService workers = Executors.newFixedThreadPool(atATime)) {
            List<Future<LitmusOutcome>> futures = new ArrayList<>();
            for (Test test : tests) {
                futures.add(workers.submit(() -> run(test, searching.threads() / atATime, status)));
            }
            for (Future<LitmusOutcome> future : futures) {
                LitmusOutcome outcome = get(future);
                outcomes.add(outcome);
                each.accept(outcome);
                status.say(
                        Units.count(outcomes.size())
                                + " of "
                                + Units.count(tests.size())
                                + " tests");
            }
        }
        return LitmusReport.of(version, searching, System.nanoTime() - began, outcomes);
    }

    /** A file under a memory model; under that of its architecture if it is null. */
    private record Test(Path file, @Nullable MemoryModel memoryModel) {}

    private List<Test> tests() {
        List<Test> tests = new ArrayList<>();
        for (Path file : files) {
            if (models.isEmpty()) {
                tests.add(new Test(file, null));
            }
            models.forEach(model -> tests.add(new Test(file, model)));
        }
        return tests;
    }

    private static LitmusOutcome get(Future<LitmusOutcome> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private LitmusOutcome run(Test test, int threads, StatusLine status) {
        String file = test.file.toString();
        try {
            LitmusSource source = LitmusSource.of(file, read(test.file));
            LitmusOptions options =
                    new LitmusOptions(
                            test.memoryModel,
                            searching.budget(),
                            searching.reduced(),
                            threads,
                            progress -> status.say(file + ": " + Searching.text(progress)));
            return LitmusAnswer.of(Engines.of(source).run(source, options));
        } catch (LitmusException e) {
            return LitmusProblem.of(e);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return LitmusProblem.of(file, e);
        }
    }

    /** Names in comments are in any of two encodings. */
    private static String read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.isBlank() || text.indexOf(0) >= 0) {
            String what = text.isBlank() ? "(empty)" : "(binary)";
            throw new Malformed(file.toString(), 1, what, "no text (expected: a test)");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return text;
        }
    }
}
