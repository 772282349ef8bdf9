// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static dev.cpulocal.Result.ABORTED;
import static dev.cpulocal.Result.LEAST_VALUE;
import static dev.cpulocal.Result.OUT_OF_RANGE;
import static dev.cpulocal.Result.STOPPED;
import static dev.cpulocal.Result.UNREGISTERED;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.cli.CommandLineRun.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code disasm} of the packaged jar. */
class DisasmIT {

    private static final String SIGNATURE_OF_X64 = "53 30 05 53";

    @TempDir Path directory;

    @Test
    void listsTheCatalogue() throws Exception {
        Result text = CommandLineRun.jar().run("disasm").expect(ExitCode.OK);
        JsonNode json = CommandLineRun.jar().run("disasm", "--json").expect(ExitCode.OK).json();

        List<String> names = Sequences.all().stream().map(Sequence::name).toList();
        assertEquals(names, text.out().lines().filter(line -> !line.startsWith(" ")).toList());
        assertEquals(names, json.get("sequences").findValuesAsText("name"));
    }

    @Test
    void showsEveryByteOnce() throws Exception {
        JsonNode listing =
                CommandLineRun.jar()
                        .run("disasm", "load_cbne_store", "--arch", "x64", "--json")
                        .expect(ExitCode.OK)
                        .json();

        int offset = 0;
        for (JsonNode line : listing.get("lines")) {
            assertEquals(offset, line.get("offset").asInt());
            offset += HexFormat.ofDelimiter(" ").parseHex(line.get("bytes").asText()).length;
        }
        assertEquals(listing.get("sizeBytes").asInt(), offset);
        assertEquals("load_cbne_store", listing.get("sequence").asText());
        assertEquals("cpu_id", listing.get("index").asText());
        assertEquals(65536, listing.get("strideBytes").asInt());
    }

    @Test
    void putsTheSignatureBeforeTheAbortHandler() throws Exception {
        JsonNode listing =
                CommandLineRun.jar().run("disasm", "counter-add", "--arch", "x64", "--json").json();

        int abort = listing.at("/labels/abort").asInt();
        String before = "";
        for (JsonNode line : listing.get("lines")) {
            if (line.get("offset").asInt() < abort) {
                before = line.get("bytes").asText();
            }
        }
        assertTrue(before.endsWith(SIGNATURE_OF_X64), before);
    }

    @Test
    void showsLabelsOnLinesOfTheirOwnAndPseudoCodeBesideItsInstructions() throws Exception {
        List<String> lines =
                CommandLineRun.jar()
                        .run("disasm", "counter_add", "--arch", "x64")
                        .expect(ExitCode.OK)
                        .out()
                        .lines()
                        .toList();

        for (String label : List.of("descriptor", "entry", "start", "commit", "abort")) {
            assertEquals(1, lines.stream().filter(("  " + label + ":")::equals).count(), label);
        }
        String commit =
                lines.stream()
                        .filter(line -> line.contains("; commit u64[cpu + v] += count"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(
                commit.matches(".*  48 01 14 30 +add qword ptr \\[rax\\+rsi\\], rdx +; .*"),
                commit);
    }

    @Test
    void showsTheOperationVectorThatMeansTheSame() throws Exception {
        String out =
                CommandLineRun.jar()
                        .run("disasm", "load_cbne_store", "--arch", "x64")
                        .expect(ExitCode.OK)
                        .out();

        assertTrue(
                out.contains(
                        """
                        As an operation vector, load_cbne_store(item v, expect, newv)
                            go on if [cpu + v] == expect, 8 bytes
                            [cpu + v] = newv, 8 bytes
                        """),
                out);
    }

    @Test
    void theIndexAndTheStrideChangeTheCode() throws Exception {
        JsonNode usual =
                CommandLineRun.jar().run("disasm", "counter-add", "--arch", "x64", "--json").json();
        JsonNode other =
                CommandLineRun.jar()
                        .run(
                                "disasm",
                                "counter-add",
                                "--arch",
                                "x64",
                                "--json",
                                "--index",
                                "mm_cid",
                                "--stride",
                                "4096")
                        .json();

        assertNotEquals(usual.get("lines"), other.get("lines"));
        assertTrue(usual.get("lines").findValuesAsText("mnemonic").contains("shl rax, 16"));
        assertTrue(other.get("lines").findValuesAsText("mnemonic").contains("shl rax, 12"));
    }

    @Test
    void theDelayIsALoopBeforeTheCommit() throws Exception {
        List<String> mnemonics =
                CommandLineRun.jar()
                        .run("disasm", "counter-add", "--arch", "x64", "--json", "--delay", "777")
                        .expect(ExitCode.OK)
                        .json()
                        .get("lines")
                        .findValuesAsText("mnemonic");

        int commit = mnemonics.indexOf("add qword ptr [rax+rsi], rdx");
        assertEquals(
                List.of(
                        "mov qword ptr [rsp-24], rcx",
                        "mov ecx, 777",
                        "loop delay",
                        "mov rcx, qword ptr [rsp-24]"),
                mnemonics.subList(commit - 4, commit));
    }

    /* ------------------------- The C header ------------------------- */

    private static final List<String> SOMEWHERE =
            List.of("--arch", "x64", "--index", "mm_cid", "--stride", "8192", "--ranges", "300");

    private static String header(String... more) throws Exception {
        Stream<String> words =
                Stream.of(Stream.of("disasm", "--c"), SOMEWHERE.stream(), Stream.of(more))
                        .flatMap(part -> part);
        return CommandLineRun.jar().run(words.toArray(String[]::new)).expect(ExitCode.OK).out();
    }

    /** Compiles a program with the header; {@return the lines it prints}. */
    private List<String> compileAndRun(String header, String main) throws Exception {
        Files.writeString(directory.resolve("sequences.h"), header);
        Files.writeString(
                directory.resolve("main.c"),
                """
                #include <stdio.h>
                #include "sequences.h"
                int main(void) {
                    int count = sizeof cpulocal_sequences / sizeof *cpulocal_sequences;
                    for (int i = 0; i < count; i++) {
                        const struct cpulocal_sequence *s = &cpulocal_sequences[i];
                %s
                    }
                }
                """
                        .formatted(main));
        CommandLineRun.of("gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", "main", "main.c")
                .in(directory)
                .run()
                .expect(0);
        return CommandLineRun.of(directory.resolve("main").toString())
                .run()
                .expect(0)
                .out()
                .lines()
                .toList();
    }

    @Test
    void theHeaderHasEverySequence() throws Exception {
        assertEquals(
                Sequences.all().stream().map(Sequence::name).toList(),
                compileAndRun(header(), "puts(s->name);"));
        assertEquals(
                List.of("counter-add 0"),
                compileAndRun(
                        header("counter_add"),
                        "printf(\"%s %d\\n\", s->name, CPULOCAL_COUNTER_ADD);"));
    }

    @Test
    void theHeaderHasTheBytesAndLabelsOfTheListing() throws Exception {
        Stream<String> words =
                Stream.concat(
                        Stream.of("disasm", "load_cbne_memcpy_store", "--area", "-96", "--json"),
                        SOMEWHERE.stream());
        JsonNode listing = CommandLineRun.jar().run(words.toArray(String[]::new)).json();
        JsonNode labels = listing.get("labels");

        List<String> printed =
                compileAndRun(
                        header("load-cbne-memcpy-store", "--area", "-96"),
                        """
                        printf("%u %u %u %u %u\\n", s->descriptor, s->entry, s->start, s->commit, s->abort);
                        for (unsigned j = 0; j < s->size; j++)
                            printf("%s%02x", j ? " " : "", s->bytes[j]);
                        puts("");
                        """);

        assertEquals(
                List.of(
                        Stream.of("descriptor", "entry", "start", "commit", "abort")
                                .map(label -> labels.get(label).asText())
                                .collect(joining(" ")),
                        String.join(" ", listing.get("lines").findValuesAsText("bytes"))),
                printed);
    }

    @Test
    void theHeaderSaysWhatTheCodeWasEmittedFor() throws Exception {
        assertEquals(
                List.of("x64 mm_cid 8192 300 -96 53053053"),
                compileAndRun(
                        header("counter-add", "--area", "-96"),
                        """
                        (void) s;
                        printf("%s %s %d %d %d %x\\n", CPULOCAL_ARCHITECTURE, CPULOCAL_INDEX,
                                CPULOCAL_STRIDE_BYTES, CPULOCAL_RANGES, CPULOCAL_AREA_OFFSET,
                                CPULOCAL_SIGNATURE);
                        """));
        assertEquals(
                Stream.of(
                                ABORTED,
                                STOPPED,
                                UNREGISTERED,
                                OUT_OF_RANGE,
                                dev.cpulocal.Result.unequal(0),
                                LEAST_VALUE)
                        .map(result -> Long.toString(result))
                        .toList(),
                compileAndRun(
                        header("counter-add"),
                        """
                        int64_t results[] = {CPULOCAL_ABORTED, CPULOCAL_STOPPED,
                                CPULOCAL_UNREGISTERED, CPULOCAL_OUT_OF_RANGE, CPULOCAL_UNEQUAL,
                                CPULOCAL_LEAST_VALUE};
                        for (int j = 0; s && j < 6; j++)
                            printf("%lld\\n", (long long) results[j]);
                        """));
    }

    @Test
    void worksInThePortableMode() throws Exception {
        JsonNode denied =
                CommandLineRun.classPath("--illegal-native-access=deny")
                        .run("disasm", "counter-add", "--arch", "x64", "--json")
                        .expect(ExitCode.OK)
                        .json();

        assertTrue(denied.get("lines").size() > 10, denied::toString);
    }

    @Test
    void saysThatAnArchitectureHasNoMachineCode() throws Exception {
        Result result = CommandLineRun.jar().run("disasm", "counter-add", "--arch", "s390x");

        assertEquals(
                "cpulocal disasm: no machine code is emitted for s390x: its sequences are"
                        + " interpreted\n",
                result.expect(ExitCode.USAGE).err());
    }

    @Test
    void refusesWhatDoesNotExist() throws Exception {
        List<List<String>> wrong =
                List.of(
                        List.of("no-such-sequence"),
                        List.of("counter-add", "--arch", "z80"),
                        List.of("counter-add", "--index", "thread"),
                        List.of("counter-add", "--stride", "5000"),
                        List.of("counter-add", "--stride", "2048"),
                        List.of("counter-add", "--stride", "-4096"),
                        List.of("counter-add", "--stride", "many"),
                        List.of("counter-add", "--ranges", "0"),
                        List.of("counter-add", "--ranges", "65537"),
                        List.of("counter-add", "--area", "far"),
                        List.of("counter-add", "--delay", "-1"),
                        List.of("--c", "--ranges", "0"),
                        List.of("--c", "--arch", "s390x"),
                        List.of("--c", "no-such-sequence"),
                        List.of("--c", "--json"),
                        List.of("counter-add", "counter-add"));
        for (List<String> arguments : wrong) {
            CommandLineRun run = CommandLineRun.jar();
            Result result =
                    run.run(
                                    Stream.concat(Stream.of("disasm"), arguments.stream())
                                            .toArray(String[]::new))
                            .expect(ExitCode.USAGE);

            assertEquals("", result.out(), arguments::toString);
            String last = Objects.requireNonNull(arguments.getLast());
            assertTrue(result.err().contains(last), result::err);
        }
    }
}
