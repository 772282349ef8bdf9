// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.cli.CommandLineRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prove} of the packaged jar, on litmus files. */
class ProveLitmusIT {

    private static final String BUFFERING =
            """
            X86 buffering
            { x=0; y=0; }
             P0          | P1          ;
             MOV [x],$1  | MOV [y],$1  ;
             MOV EAX,[y] | MOV EAX,[x] ;
            exists (0:EAX=0 /\\ 1:EAX=0)
            """;
    private static final String ANSWER =
            """
            Test buffering Allowed
            States 4
            0:EAX=0; 1:EAX=0;
            0:EAX=0; 1:EAX=1;
            0:EAX=1; 1:EAX=0;
            0:EAX=1; 1:EAX=1;
            Ok
            Witnesses
            Positive: 1 Negative: 3
            Condition exists (0:EAX=0 /\\ 1:EAX=0)
            Observation buffering Sometimes 1 3
            """;

    @TempDir Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("tests/more"));
        Files.writeString(directory.resolve("tests/buffering.litmus"), BUFFERING);
        Files.writeString(
                folder.resolve("fenced.litmus"),
                BUFFERING
                        .replace("X86 buffering", "X86 fenced")
                        .replace(" MOV EAX,[y] |", " MFENCE | MFENCE ;\n MOV EAX,[y] |"));
        Files.writeString(
                directory.resolve("refused.litmus"), BUFFERING.replace("MOV [x],$1", "CPUID"));
        Files.writeString(
                directory.resolve("malformed.litmus"),
                BUFFERING.replace("exists (", "exists (" + "("));
        Files.writeString(directory.resolve("empty.litmus"), "");
        Files.write(directory.resolve("binary.litmus"), new byte[] {(byte) 0xca, 0, 1, 2, 3});
        Files.createDirectory(directory.resolve("nothing"));
    }

    private Result prove(String... arguments) throws Exception {
        return CommandLineRun.jar()
                .in(directory)
                .run(
                        Stream.concat(Stream.of("prove"), Stream.of(arguments))
                                .toArray(String[]::new));
    }

    @Test
    void answersAsHerdDoes() throws Exception {
        Result result = prove("tests/buffering.litmus").expect(ExitCode.OK);

        assertTrue(result.out().startsWith(ANSWER + "Time buffering "), result::out);
        assertEquals("", result.err());
    }

    @Test
    void theStatesCanBePrintedAlone() throws Exception {
        String states = ANSWER.substring(0, ANSWER.indexOf("Ok\n")) + "\n";

        assertEquals(
                states, prove("tests/buffering.litmus", "--states-only").expect(ExitCode.OK).out());
    }

    @Test
    void findsFilesInFoldersAndByPatterns() throws Exception {
        for (String[] names :
                new String[][] {
                    {"tests"},
                    {"tests/**.litmus"},
                    {"tests/*.litmus", "tests/more", "tests"},
                    {"./tests/buffering.litmus", "tests/more/fenced.litmus"}
                }) {
            Result result = prove(names).expect(ExitCode.OK);

            assertEquals(
                    List.of("Test buffering Allowed", "Test fenced Allowed"),
                    result.out().lines().filter(line -> line.startsWith("Test ")).toList());
            assertTrue(result.err().startsWith("2 tests: 2 answered with 7 final states; "));
        }
    }

    @Test
    void theMemoryModelIsThatOfTheArchitectureUnlessOthersAreAskedFor() throws Exception {
        String strong = prove("tests/buffering.litmus", "--model", "sc").expect(ExitCode.OK).out();
        String both = prove("tests/buffering.litmus", "--model", "tso,sc", "--states-only").out();

        assertTrue(strong.contains("\nStates 3\n"), strong);
        assertTrue(strong.contains("\nNo\n"), strong);
        assertTrue(both.startsWith("Model SC\nTest buffering Allowed\nStates 3\n"), both);
        assertTrue(both.contains("\nModel x86-TSO\nTest buffering Allowed\nStates 4\n"), both);
    }

    @Test
    void printsOneDocument() throws Exception {
        Result result = prove("tests", "refused.litmus", "malformed.litmus", "--json");

        JsonNode json = result.expect(ExitCode.USAGE).json();
        JsonNode test = json.get("tests").get(0);
        assertEquals("buffering", test.get("name").asText());
        assertEquals("TSO", test.get("memoryModel").asText());
        assertEquals(4, test.get("states").size());
        assertTrue(test.get("ok").asBoolean());
        assertEquals("Sometimes", test.get("observation").asText());
        assertEquals(2, json.get("tests").size());
        assertEquals("refused.litmus", json.get("refused").get(0).get("file").asText());
        assertEquals(4, json.get("refused").get(0).get("line").asInt());
        assertEquals("malformed.litmus", json.get("malformed").get(0).get("file").asText());
        assertEquals("", result.err());
    }

    @Test
    void whatIsNotCoveredIsRefusedAndNotGuessed() throws Exception {
        Result result = prove("refused.litmus").expect(ExitCode.REFUSED);

        assertTrue(result.err().startsWith("refused.litmus:4: CPUID: "), result::err);
        assertEquals("", result.out());
    }

    @Test
    void whatIsWrongEndsNothingElse() throws Exception {
        Result result =
                prove(
                                "tests",
                                "binary.litmus",
                                "empty.litmus",
                                "malformed.litmus",
                                "refused.litmus",
                                "--quiet")
                        .expect(ExitCode.USAGE);

        assertTrue(
                result.out()
                        .contains(
                                "6 tests: 2 answered with 7 final states, 1 refused, 3 malformed; "),
                result::out);
        assertEquals(3, result.err().lines().count(), result::err);
        assertTrue(result.err().contains("malformed.litmus:7: "), result::err);
        assertTrue(result.err().contains("binary.litmus:1: (binary): no text"), result::err);
        assertTrue(result.err().contains("empty.litmus:1: (empty): no text"), result::err);
    }

    @Test
    void answersAreComparedWithRecordedOnes() throws Exception {
        String log = Files.writeString(directory.resolve("herd.log"), ANSWER).toString();
        String other =
                Files.writeString(
                                directory.resolve("other.log"),
                                ANSWER.replace("0:EAX=1; 1:EAX=1;", "0:EAX=2; 1:EAX=1;"))
                        .toString();

        String agreeing = prove("tests", "--quiet", "--expect", log).expect(ExitCode.OK).out();
        String differing =
                prove("tests", "--quiet", "--expect", other).expect(ExitCode.FAILED).out();
        JsonNode json = prove("tests", "--json", "--expect", other).expect(ExitCode.FAILED).json();

        assertTrue(agreeing.contains(": 1 agree, 0 differ, 1 are not in it, 0 are in it alone.\n"));
        assertTrue(
                differing.contains(
                        "buffering differs\n  missing  0:EAX=2; 1:EAX=1;\n  extra    0:EAX=1; 1:EAX=1;\n"),
                differing);
        assertEquals("fenced", json.at("/comparison/unrecorded/0").asText());
        assertEquals("0:EAX=2; 1:EAX=1;", json.at("/comparison/differing/0/missing/0").asText());
    }

    @Test
    void aBudgetThatIsUsedUpIsNoAnswer() throws Exception {
        Result result = prove("tests/buffering.litmus", "--states", "3").expect(ExitCode.EXHAUSTED);

        assertTrue(result.err().startsWith("tests/buffering.litmus: EXHAUSTED: "), result::err);
        assertEquals("", result.out());
    }

    @Test
    void refusesWhatDoesNotExistOrMeansNothing() throws Exception {
        for (List<String> wrong :
                List.of(
                        List.of("no.litmus"),
                        List.of("nothing"),
                        List.of("nothing/*.litmus"),
                        List.of("tests/{a.litmus"),
                        List.of("no-such-thing"),
                        List.of("tests", "TLB-07"),
                        List.of("tests", "--list"),
                        List.of("tests", "--trace"),
                        List.of("tests", "--json", "--quiet"),
                        List.of("tests", "--quiet", "--states-only"),
                        List.of("tests", "--expect", "no.log"),
                        List.of("tests", "--expect", "tests/buffering.litmus"),
                        List.of("tests", "--expect", "x", "--model", "sc,tso"))) {
            Result result =
                    InProcess.run(
                                    Stream.concat(
                                                    Stream.of("prove"),
                                                    wrong.stream().map(this::absolute))
                                            .toArray(String[]::new))
                            .expect(ExitCode.USAGE);

            assertEquals("", result.out(), wrong::toString);
            assertEquals(1, result.err().lines().count(), result::err);
            assertTrue(result.err().startsWith("cpulocal prove: "), result::err);
        }
    }

    /** This JVM is in another directory. */
    private String absolute(String word) {
        return word.matches("(tests|nothing|no\\.).*") ? directory + "/" + word : word;
    }
}
