// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Gdb.ADD;
import static dev.cpulocal.environment.Reports.number;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq;
import dev.cpulocal.environment.Jvm.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Debuggers and profilers see names, where that is asked for. */
@Timeout(240)
class SymbolsTest {

    private static final List<String> PARTS =
            List.of(" entry", "", " commit", " unregistered", " stopped", " abort");

    private long process;

    @BeforeAll
    static void needsRseq() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
    }

    /** Runs it; what it left for tools is there until the test has ended. */
    private Report run(String setting, String before) throws InterruptedException {
        Report report =
                Jvm.onClassPath(Named.class, before)
                        .option("-Dcpulocal.symbols=" + setting)
                        .run()
                        .succeeded();
        process = number(report, "process");
        assertEquals("0", report.fact("result"), report.output());
        return report;
    }

    @AfterEach
    void deleteFiles() throws IOException {
        Named.delete(process);
    }

    /* ------------------------- gdb ------------------------- */

    @Test
    void gdbNamesWhereAThreadStopped() throws Exception {
        Report report =
                Gdb.run(
                        """
                        break *&'%s commit'
                        continue
                        info symbol $pc
                        backtrace 2
                        x/2i $pc
                        """
                                .formatted(ADD));
        String output = report.output();
        assertTrue(output.contains(ADD + " commit in section .text of"), output);
        assertFound("#0 +0x\\p{XDigit}+ in \\Q" + ADD + "\\E commit \\(\\)\n#1 +0x", output);
        assertFound("=> 0x\\p{XDigit}+ <\\Q" + ADD + "\\E commit>:\t", output);
    }

    private static void assertFound(String pattern, String output) {
        assertTrue(Pattern.compile(pattern).matcher(output).find(), output);
    }

    @Test
    void gdbStopsAtAnExit() throws Exception {
        String exit = "cpulocal::load_cbne_store [cpu_id, 65536] unequal_0";
        Report report = Gdb.run("break *&'" + exit + "'\ncontinue\ninfo symbol $pc\n");
        assertTrue(report.output().contains(exit + " in section .text of"), report.output());
    }

    @Test
    void symbolFilesCarryWhatToolsReadOfAssembledSequences() throws Exception {
        run("gdb", "nothing");
        Path directory = Named.gdbDirectory(process);
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        Path file = fileOf(ADD, directory);
        List<String> names = new ArrayList<>();
        List<Long> addresses = new ArrayList<>();
        for (String line : readelf("-sW", file).lines().filter(l -> l.contains("FUNC")).toList()) {
            String[] fields = line.strip().split(" +", 8);
            names.add(fields[7]);
            addresses.add(Long.parseLong(fields[1], 16));
        }
        assertEquals(PARTS.stream().map(ADD::concat).toList(), names);
        long descriptor = addresses.getFirst() - 64;
        long start = addresses.get(1);
        long commit = addresses.get(2);
        long abort = addresses.getLast();
        assertEquals(bytes(0, start, commit - start, abort), content("__rseq_cs", file));
        assertEquals(bytes(descriptor), content("__rseq_cs_ptr_array", file));
        assertEquals(
                bytes(start, addresses.get(3), start, addresses.get(4)),
                content("__rseq_exit_point_array", file));
    }

    /** {@return words as readelf prints their bytes} */
    private static String bytes(long... words) {
        return LongStream.of(words)
                .mapToObj(word -> "%016x".formatted(Long.reverseBytes(word)))
                .collect(Collectors.joining());
    }

    private static String content(String section, Path file) throws Exception {
        return Pattern.compile("^  0x\\p{XDigit}+ ((?:\\p{XDigit}{8} ){1,4})", Pattern.MULTILINE)
                .matcher(readelf("-x" + section, file))
                .results()
                .map(line -> line.group(1).replace(" ", ""))
                .collect(Collectors.joining());
    }

    private static Path fileOf(String name, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (Files.readString(file, ISO_8859_1).contains(name)) {
                    return file;
                }
            }
        }
        return fail("no file has " + name);
    }

    private static String readelf(String option, Path file) throws Exception {
        Process readelf =
                new ProcessBuilder("readelf", option, file.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(readelf.getInputStream().readAllBytes(), ISO_8859_1);
        assertEquals(0, readelf.waitFor(), output);
        return output;
    }

    /* ------------------------- perf ------------------------- */

    @Test
    void perfMapNamesPartsAndKeepsWhatOthersWrote() throws Exception {
        run("perf", "append");
        List<String> lines = Files.readAllLines(Named.perfMap(process));
        assertEquals("1 2 theirs", lines.getFirst());
        List<String[]> parts =
                lines.stream()
                        .filter(line -> line.contains(ADD))
                        .map(line -> line.split(" ", 3))
                        .toList();
        assertEquals(
                PARTS.stream().map(ADD::concat).toList(),
                parts.stream().map(part -> part[2]).toList());
        long end = Long.parseLong(parts.getFirst()[0], 16);
        for (String[] part : parts) {
            assertEquals(end, Long.parseLong(part[0], 16), "a gap before " + part[2]);
            end += Long.parseLong(part[1], 16);
        }
        assertFalse(Files.exists(Named.gdbDirectory(process)));
    }

    @Test
    void bothAreToldOnRequest() throws Exception {
        run("perf,gdb", "nothing");
        assertTrue(Files.exists(Named.perfMap(process)));
        assertTrue(Files.exists(Named.gdbDirectory(process)));
    }

    /* ------------------------- The setting ------------------------- */

    @Test
    void nothingIsWrittenUnasked() throws Exception {
        Report report = Jvm.onClassPath(Named.class, "nothing").run().succeeded();
        process = number(report, "process");
        assertFalse(Files.exists(Named.perfMap(process)));
        assertFalse(Files.exists(Named.gdbDirectory(process)));
    }

    @Test
    void nonsenseIsRefusedByNameAndExpectation() throws Exception {
        Report report =
                Jvm.onClassPath(Named.class, "nothing").option("-Dcpulocal.symbols=all").run();
        assertEquals(1, report.exitCode());
        String message = "cpulocal.symbols: all (expected: perf, gdb or perf,gdb)";
        assertTrue(report.output().contains(message), report.output());
    }

    @Test
    void whatCannotBeWrittenIsReportedOnceAndNoFailure() throws Exception {
        Report report = run("perf,gdb", "obstruct");
        for (String tool : List.of("perf", "gdb")) {
            String warning = "cpulocal.symbols: no names for " + tool + ": ";
            assertEquals(2, report.output().split(warning, -1).length, report.output());
        }
    }
}
