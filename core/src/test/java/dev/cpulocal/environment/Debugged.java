// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Probe.tell;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Result;
import dev.cpulocal.Sequences;
import dev.cpulocal.internal.Libc;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Adds on one thread, has gdb attach to this process and run a script, and tells the counts when
 * gdb has left.
 */
public final class Debugged {

    /** What Linux's Yama module asks of a process that others may trace; no error elsewhere. */
    private static final long PR_SET_PTRACER = 0x5961_6d61;

    private static final int CALM_OPERATIONS = 1_000;

    private final CpuMemory memory = CpuMemory.create();
    private final CpuMemory.Item item = memory.allocate(Long.BYTES);
    private final Work.Add add =
            memory.bind(Sequences.LOAD_ADD_STORE, Work.Add.class, MethodHandles.lookup());
    private final Work.Replace replace =
            memory.bind(Sequences.LOAD_CBNE_STORE, Work.Replace.class, MethodHandles.lookup());
    private long operations;
    private volatile boolean over;

    private Debugged() {}

    /** Runs it with the name of a script. */
    public static void main(String... arguments) throws Exception {
        new Debugged().run(arguments[0]);
    }

    private void run(String script) throws Exception {
        tell("process", Libc.getpid());
        for (int i = 0; i < CALM_OPERATIONS; i++) {
            operate();
        }
        tell("completions.before", memory.statistics().completions());
        Thread worker = Thread.ofPlatform().start(this::work);
        tell("gdb", debug(script).waitFor());
        over = true;
        worker.join();
        tell("operations", operations);
        tell("sum", sum());
        tell("completions", memory.statistics().completions());
    }

    private static Process debug(String script) throws IOException {
        Libc.call(Libc.symbol("prctl").orElseThrow(), PR_SET_PTRACER, -1);
        String process = String.valueOf(Libc.getpid());
        String symbols = Named.gdbDirectory(Libc.getpid()).resolve("symbols.gdb").toString();
        List<String> command =
                List.of(
                        "gdb",
                        "-nx",
                        "-batch",
                        "-iex",
                        "set auto-solib-add off",
                        "-p",
                        process,
                        "-x",
                        symbols,
                        "-x",
                        script);
        return new ProcessBuilder(command).inheritIO().start();
    }

    private void work() {
        while (!over) {
            operate();
        }
    }

    /** An addition, and a comparison that fails. */
    private void operate() {
        if (add.add(item, 1) == Result.COMMITTED
                && Result.isUnequal(replace.replace(item, -1, 0))) {
            operations++;
        }
    }

    private long sum() {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(item, 0, range))
                .sum();
    }
}
