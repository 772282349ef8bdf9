// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import dev.cpulocal.Availability;
import java.util.List;
import java.util.stream.Stream;

/**
 * Read sections and grace periods of liburcu, its flavour <i>memb</i>, in a C program, {@code
 * urcu.c}: what {@link dev.cpulocal.Rcu} is measured against. It needs gcc and liburcu's headers.
 */
public final class Liburcu implements AutoCloseable {

    private static final String SOURCE = "urcu.c";
    private static final String LIBRARY = "-lurcu-memb";
    private static final String NONE = "there is no liburcu";

    private final CProgram program;

    private Liburcu(CProgram program) {
        this.program = program;
    }

    /** {@return the compiled program, or one that is not available and says why} */
    public static Liburcu build() {
        return build(CProgram.COMPILER);
    }

    /**
     * {@return the program, compiled}
     *
     * @param compiler the command of a C compiler with the options of gcc
     */
    static Liburcu build(String compiler) {
        CProgram program = CProgram.compile(compiler, SOURCE, LIBRARY);
        // The source says it of the header, the linker names the library.
        boolean missing =
                Stream.of(NONE, LIBRARY).anyMatch(program.availability().reason()::contains);
        return new Liburcu(
                missing
                        ? program.instead(NONE, "install liburcu-dev")
                        : program.tried(List.of("read", "1", "1", "1")));
    }

    /** {@return whether it can be run} */
    public Availability availability() {
        return program.availability();
    }

    /**
     * {@return nanoseconds for each read section, as one thread sees it, of each repetition}
     *
     * @param threads how many threads read at the same time
     * @param repetitions how many samples
     * @param millis how long each takes
     * @throws IllegalStateException if it is not available, or failed, as it does when a section
     *     read something wrong; the message says what happened
     */
    public List<Double> read(int threads, int repetitions, int millis) {
        return program.run(CProgram.arguments(List.of("read"), threads, repetitions, millis));
    }

    /**
     * {@return nanoseconds, divided by the calls of {@code synchronize_rcu} of all callers, of each
     * repetition} A thread that does not read is registered too, so that there is something to wait
     * for.
     *
     * @param readers how many other threads read all the time
     * @param callers how many threads call at the same time
     * @param repetitions how many samples
     * @param millis how long each takes; longer if a call does
     * @throws IllegalStateException likewise
     */
    public List<Double> synchronize(int readers, int callers, int repetitions, int millis) {
        return program.run(
                CProgram.arguments(List.of("synchronize"), readers, callers, repetitions, millis));
    }

    /** Deletes the program. */
    @Override
    public void close() {
        program.close();
    }
}
