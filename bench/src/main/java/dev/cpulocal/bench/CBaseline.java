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
import java.util.ArrayList;
import java.util.List;

/**
 * The machine code of CpuCounter, called in a loop by a C program, {@code counter.c}: what a call
 * from Java can at best cost. It needs gcc.
 */
public final class CBaseline implements AutoCloseable {

    private static final String SOURCE = "counter.c";
    private static final String CODE = "code";
    private static final int STRIDE_BYTES = CpuMemory.DEFAULT_STRIDE_BYTES;
    private static final int RANGES = Topology.possible().last() + 1;

    private final CProgram program;
    private final List<String> memory;

    private CBaseline(CProgram program, List<String> memory) {
        this.program = program;
        this.memory = memory;
    }

    /** {@return the compiled program, or one that is not available and says why} */
    public static CBaseline build() {
        return build(CProgram.COMPILER);
    }

    /**
     * {@return the program, compiled}
     *
     * @param compiler the command of a C compiler with the options of gcc
     */
    static CBaseline build(String compiler) {
        if (!Rseq.availability().isAvailable()) {
            return new CBaseline(CProgram.unavailable(SOURCE, Rseq.availability()), List.of());
        }
        Code code = code();
        List<String> memory = memory(code);
        return new CBaseline(
                // The program itself finds out whether the code fits into it.
                CProgram.compile(compiler, SOURCE)
                        .with(CODE, code.bytes())
                        .tried(CProgram.arguments(memory, 1, 1, 1, 1)),
                memory);
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

    /** {@return whether it can be run} */
    public Availability availability() {
        return program.availability();
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
        return program.run(CProgram.arguments(memory, threads, counters, repetitions, millis));
    }

    /** {@return where the code and the counters are, as the program is told} */
    private static List<String> memory(Code code) {
        List<String> arguments = new ArrayList<>(List.of(CODE));
        for (String label : List.of("entry", "start", "commit", "abort")) {
            arguments.add(Integer.toString(code.offset(label)));
        }
        return CProgram.arguments(
                arguments,
                Rseq.registration().areaOffset(),
                STRIDE_BYTES,
                RANGES,
                Ranges.HEADER_BYTES);
    }

    /** Deletes the program. */
    @Override
    public void close() {
        program.close();
    }
}
