// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.symbols;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;

import dev.cpulocal.internal.Libc;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A directory of this process with an ELF file for each block, and a script that loads them. */
final class GdbScript {

    /*
     * gdb runs whatever a script says, so nobody else may write there: the directory is new, or one
     * that an earlier process of the same number and user left.
     *
     * The script also switches displaced stepping off. With it, gdb passes a breakpoint by running a
     * copy of the instruction elsewhere. In a section that is fatal: the kernel finds the thread
     * outside of the section and forgets it instead of aborting it, then gdb puts the thread back, and
     * the section goes on without protection.
     */

    private static final String PREFACE =
            """
            # A copy of an instruction lies outside of its section, which would lose its protection.
            set displaced-stepping off
            """;

    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");

    private final Path directory;
    private final Path script;

    /**
     * Makes the directory and the script.
     *
     * @throws IOException if that fails
     */
    GdbScript(int process) throws IOException {
        directory = Path.of(System.getProperty("java.io.tmpdir"), "cpulocal-" + process);
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (FileAlreadyExistsException e) {
            checkPrivate(e);
            clear();
        }
        script = directory.resolve("symbols.gdb");
        Files.writeString(script, PREFACE);
    }

    private void checkPrivate(FileAlreadyExistsException exists) throws IOException {
        int user = (int) Libc.call(Libc.symbol("geteuid").orElseThrow());
        if (!Files.isDirectory(directory, NOFOLLOW_LINKS)
                || !Files.getAttribute(directory, "unix:uid", NOFOLLOW_LINKS).equals(user)
                || !Files.getPosixFilePermissions(directory, NOFOLLOW_LINKS).equals(PRIVATE)) {
            throw exists;
        }
    }

    private void clear() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /**
     * Adds a block.
     *
     * @param address where it is
     * @param symbolFile its {@link SymbolFile}
     */
    void add(long address, byte[] symbolFile) throws IOException {
        Path file = directory.resolve(Long.toHexString(address) + ".elf");
        Files.write(file, symbolFile);
        Files.writeString(script, "add-symbol-file " + file.toAbsolutePath() + "\n", APPEND);
    }
}
