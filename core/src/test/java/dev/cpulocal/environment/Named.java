// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Probe.tell;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Sequences;
import dev.cpulocal.internal.Libc;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Adds once. Its argument is what it does first: {@code nothing}, {@code append} to the perf map as
 * others do, or {@code obstruct} the files with the names.
 */
public final class Named {

    private Named() {}

    static Path perfMap(long process) {
        return Path.of("/tmp/perf-" + process + ".map");
    }

    static Path gdbDirectory(long process) {
        return Path.of(System.getProperty("java.io.tmpdir"), "cpulocal-" + process);
    }

    /** Deletes what a process left for tools. */
    static void delete(long process) throws IOException {
        Files.deleteIfExists(perfMap(process));
        Path directory = gdbDirectory(process);
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
        Files.deleteIfExists(directory);
    }

    /** Runs it. */
    public static void main(String... arguments) throws IOException {
        int process = Libc.getpid();
        tell("process", process);
        switch (arguments[0]) {
            case "append" -> Files.writeString(perfMap(process), "1 2 theirs\n");
            case "obstruct" -> {
                Files.createDirectory(perfMap(process));
                Files.writeString(gdbDirectory(process), "");
            }
            default -> {}
        }
        CpuMemory memory = CpuMemory.create();
        CpuMemory.Item item = memory.allocate(Long.BYTES);
        tell(
                "result",
                memory.bind(Sequences.LOAD_ADD_STORE, Work.Add.class, MethodHandles.lookup())
                        .add(item, 1));
    }
}
