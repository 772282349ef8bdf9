// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.Availability;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Rseq;
import dev.cpulocal.Sequences;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Ranges;
import dev.cpulocal.internal.RseqRuntime;
import dev.cpulocal.internal.Topology;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The machine code of CpuCounter, called in a loop by a C program: what a call from Java can at
 * best cost. The program, {@code counter.c}, is compiled here by gcc, into a directory that is
 * deleted when this is closed.
 */
public final class CBaseline implements AutoCloseable {

    private static final String SOURCE = "counter.c";
    private static final int STRIDE_BYTES = CpuMemory.DEFAULT_STRIDE_BYTES;
    private static final int RANGES = Topology.possible().last() + 1;

    private final @Nullable Path directory;
    private final Availability availability;
    private final @Nullable Code code;

    private CBaseline(@Nullable Path directory, Availability availability, @Nullable Code code) {
        this.directory = directory;
        this.availability = availability;
        this.code = code;
    }

    /** {@return the compiled program, or one that is not available and says why} */
    public static CBaseline build() {
        return build("gcc");
    }

    /**
     * {@return the program, compiled}
     *
     * @param compiler the command of a C compiler with the options of gcc
     */
    static CBaseline build(String compiler) {
        if (!Rseq.availability().isAvailable()) {
            return unavailable(Rseq.availability().reason(), Rseq.availability().remedy());
        }
        try {
            Path directory = Files.createTempDirectory("cpulocal");
            Code code = code();
            Files.write(directory.resolve("code"), code.bytes());
            CBaseline baseline = new CBaseline(directory, compile(compiler, directory), code);
            return baseline.availability.isAvailable() ? baseline.checked() : baseline;
        } catch (IOException e) {
            return unavailable("the C program cannot be written: " + e.getMessage(), "");
        }
    }

    private static CBaseline unavailable(String reason, String remedy) {
        return new CBaseline(null, Availability.unavailable(reason, remedy), null);
    }

    private static Code code() {
        return Architecture.current()
                .orElseThrow()
                .machine()
                .orElseThrow()
                .emit(
                        Sequences.COUNTER_ADD,
                        RseqRuntime.get().target(IndexMode.CPU_ID, STRIDE_BYTES, RANGES));
    }

    private static Availability compile(String compiler, Path directory) throws IOException {
        try (InputStream source = CBaseline.class.getResourceAsStream(SOURCE)) {
            if (source == null) {
                throw new IOException(SOURCE + " is missing from the jar");
            }
            Files.copy(source, directory.resolve(SOURCE));
        }
        List<String> command =
                List.of(
                        compiler,
                        "-std=gnu11",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-pthread",
                        "-o",
                        "counter",
                        SOURCE);
        Child.Outcome compiled;
        try {
            compiled = Child.run(directory, command);
        } catch (IOException e) {
            return Availability.unavailable("there is no " + compiler, "install gcc");
        }
        return compiled.code() == 0
                ? Availability.available()
                : Availability.unavailable(
                        "the C program does not compile: " + compiled.output().strip(), "");
    }

    /** The program itself finds out whether the code fits into it. */
    private CBaseline checked() throws IOException {
        Child.Outcome outcome = execute(1, 1, 1, 1);
        if (outcome.code() == 0) {
            return this;
        }
        close();
        return unavailable(outcome.output().strip(), "");
    }

    /** {@return whether it can be run} */
    public Availability availability() {
        return availability;
    }

    /**
     * {@return nanoseconds for each call, as one thread sees it, of each repetition}
     *
     * @param threads how many threads call at the same time
     * @param counters how many counters each chooses from: a power of two
     * @param repetitions how many samples
     * @param millis how long each takes
     * @throws IllegalStateException if it is not available, or failed, as it does when an addition
     *     was lost; the message says what happened
     */
    public List<Double> run(int threads, int counters, int repetitions, int millis) {
        if (!availability.isAvailable()) {
            throw new IllegalStateException(availability.reason());
        }
        try {
            Child.Outcome outcome = execute(threads, counters, repetitions, millis);
            if (outcome.code() != 0) {
                throw new IllegalStateException("counter.c: " + outcome.output().strip());
            }
            return outcome.output().lines().map(Double::valueOf).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Child.Outcome execute(int threads, int counters, int repetitions, int millis)
            throws IOException {
        Code emitted = java.util.Objects.requireNonNull(code);
        List<String> command = new ArrayList<>(List.of("./counter", "code"));
        for (String label : List.of("entry", "start", "commit", "abort")) {
            command.add(Integer.toString(emitted.offset(label)));
        }
        for (long number :
                new long[] {
                    Rseq.registration().areaOffset(),
                    STRIDE_BYTES,
                    RANGES,
                    Ranges.HEADER_BYTES,
                    threads,
                    counters,
                    repetitions,
                    millis
                }) {
            command.add(Long.toString(number));
        }
        return Child.run(java.util.Objects.requireNonNull(directory), command);
    }

    /** Deletes the program. */
    @Override
    public void close() {
        if (directory == null) {
            return;
        }
        try {
            for (String file : List.of("counter", SOURCE, "code")) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
