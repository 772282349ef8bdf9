// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.symbols;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file in which perf looks for the names of code that is in no file: {@code
 * tools/perf/Documentation/jit-interface.txt} of Linux.
 *
 * <p>There is one for each process and its place is fixed. Others write to it too, the JVM among
 * them, so lines are only ever added, each block's with one write.
 */
final class PerfMap {

    private PerfMap() {}

    static void append(int process, List<Symbol> symbols) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Symbol symbol : symbols) {
            lines.append(Long.toHexString(symbol.address()))
                    .append(' ')
                    .append(Integer.toHexString(symbol.bytes()))
                    .append(' ')
                    .append(symbol.name())
                    .append('\n');
        }
        Path file = Path.of("/tmp/perf-" + process + ".map");
        Files.writeString(file, lines, CREATE, WRITE, APPEND, NOFOLLOW_LINKS);
    }
}
