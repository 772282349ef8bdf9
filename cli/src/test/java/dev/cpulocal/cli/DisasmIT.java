// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.cli.CommandLineRun.Result;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code disasm} of the packaged jar. */
class DisasmIT {

    private static final String SIGNATURE_OF_X64 = "53 30 05 53";

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
