// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import dev.cpulocal.Gcc;
import dev.cpulocal.environment.Jvm.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program of {@code src/test/c}, compiled at first use. */
final class CProgram {

    /** Runs a command in a confined environment. */
    static final CProgram CONFINE = new CProgram("confine");

    /** Tells what rseq(2) answers. */
    static final CProgram RSEQ_ERRORS = new CProgram("rseq_errors");

    /** Tells what the kernel does to threads with wrong descriptors. */
    static final CProgram RSEQ_KILLS = new CProgram("rseq_kills");

    /** Tells what the C library has registered. */
    static final CProgram RSEQ_LIBC = new CProgram("rseq_libc");

    /** Tells what membarrier(2) answers. */
    static final CProgram MEMBARRIER_ERRORS = new CProgram("membarrier_errors");

    private final String name;
    private @Nullable Path compiled;

    private CProgram(String name) {
        this.name = name;
    }

    /** {@return the executable} */
    synchronized Path path() {
        if (compiled == null) {
            compiled = Gcc.program(name + ".c");
        }
        return compiled;
    }

    /** Runs it to its end, where the C library registers no rseq area. */
    Report runUnregistered(String... arguments) throws InterruptedException {
        return run(Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=0"), List.of(), arguments);
    }

    /** Runs it to its end, perhaps confined. */
    Report run(Map<String, String> variables, List<String> confinement, String... arguments)
            throws InterruptedException {
        Stream<String> confine =
                confinement.isEmpty()
                        ? Stream.of()
                        : Stream.concat(Stream.of(CONFINE.path().toString()), confinement.stream());
        List<String> command =
                Stream.of(confine, Stream.of(path().toString()), Stream.of(arguments))
                        .flatMap(words -> words)
                        .toList();
        return Jvm.run(command, variables).succeeded();
    }
}
