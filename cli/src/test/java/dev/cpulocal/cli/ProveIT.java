// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.cli.CommandLineRun.Result;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.cli.prove.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prove} on scenarios: of the packaged jar where that matters, else in this JVM. */
class ProveIT {

    /** Each stores its own and loads the other's. */
    private static final String STORE_BUFFERING =
            """
            import dev.cpulocal.lab.*;

            class Buffering {
                static Model model() {
                    return Model.build("store buffering", m -> {
                        var x = m.shared("x", 0);
                        var y = m.shared("y", 0);
                        var seen = m.ghosts("seen", 2, 1);
                        m.task("P0", 0, c -> {
                            c.store(x, 1);
                            c.set(seen.get(0), c.load(y));
                        });
                        m.task("P1", 1, c -> {
                            c.store(y, 1);
                            c.set(seen.get(1), c.load(x));
                        });
                        m.atEnd("one of them sees the other", Expr.any(seen.get(0), seen.get(1)));
                    });
                }
            }
            """;

    @TempDir Path directory;

    private String source(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static Result prove(String... arguments) {
        return InProcess.run(withCommand(arguments));
    }

    private static String[] withCommand(String... arguments) {
        return Stream.concat(Stream.of("prove"), Stream.of(arguments)).toArray(String[]::new);
    }

    private static List<String> texts(JsonNode checks, String name) {
        return checks.valueStream().map(check -> check.get(name).asText()).toList();
    }

    /* ------------------------- Scenarios of the library ------------------------- */

    @Test
    void listsTheScenarios() throws Exception {
        List<Entry> all = Library.get().entries();

        List<String> lines = prove("--list").expect(ExitCode.OK).out().lines().toList();
        JsonNode json = prove("--list", "mb-*", "--json").expect(ExitCode.OK).json();

        assertTrue(lines.containsAll(List.of("core:", "museum:")), lines::toString);
        for (Entry entry : all) {
            assertTrue(
                    lines.stream()
                            .anyMatch(line ->
                                    line.startsWith(entry.id() + " ")
                                            && line.contains("  " + entry.area())
                                            && line.endsWith(entry.scenario().title())),
                    entry.id());
        }
        assertEquals(
                all.stream().map(Entry::id).filter(id -> id.startsWith("MB-")).toList(),
                texts(json.get("scenarios"), "id"));
        assertEquals("membarrier", json.at("/scenarios/0/area").asText());
        assertEquals("museum", json.at("/scenarios/0/group").asText());
    }

    @Test
    void everyVerdictOfAScenarioIsTheExpectedOne() throws Exception {
        JsonNode json =
                CommandLineRun.jar()
                        .run(withCommand("tlb-07", "--json"))
                        .expect(ExitCode.OK)
                        .json();

        assertTrue(json.get("passed").asBoolean());
        JsonNode checks = json.get("checks");
        assertTrue(checks.size() > 1);
        for (JsonNode check : checks) {
            assertEquals("TLB-07", check.get("id").asText());
            assertEquals(check.get("expected"), check.get("verdict"));
            assertTrue(check.get("states").asLong() > 0);
            boolean violated = check.get("verdict").asText().equals("VIOLATED");
            assertEquals(violated, check.at("/trace/steps").size() > 0, check::toString);
        }
    }

    @Test
    void showsTracesOfOneScenarioAndOfSeveralIfAskedTo() throws Exception {
        String one = prove("TLB-07").expect(ExitCode.OK).out();
        String several = prove("TLB-07", "tlb-07*").expect(ExitCode.OK).out();

        assertTrue(one.contains("CPU 0: "), one);
        assertTrue(one.contains("\nPASSED: "), one);
        assertEquals(one.contains("CPU 0: "), several.contains("CPU 0: "), "it is the same one");
        assertFalse(
                prove("TLB-07", "FPU-08", "--model", "sc")
                        .expect(ExitCode.OK)
                        .out()
                        .contains("CPU 0: "));
        assertTrue(prove("TLB-07", "FPU-08", "--model", "sc", "--trace").out().contains("CPU 0: "));
    }

    @Test
    void saysWhatMayHaveBeenMeant() throws Exception {
        Result result = prove("TLB-7").expect(ExitCode.USAGE);

        assertEquals(
                "cpulocal prove: TLB-7: no scenario and no file has this name (did you mean TLB-07?"
                        + " --list shows the scenarios)\n",
                result.err());
        assertEquals("", result.out());
    }

    /* ------------------------- Scenarios of the user's ------------------------- */

    @Test
    void aModelIsCheckedUnderEveryMemoryModel() throws Exception {
        String file = source("Buffering.java", STORE_BUFFERING);

        Result result = prove(file, "--json").expect(ExitCode.FAILED);
        JsonNode checks = result.json().get("checks");
        String text = prove(file).expect(ExitCode.FAILED).out();

        assertEquals(List.of("SC", "TSO", "PSO", "ARMV8", "RISCV"), texts(checks, "memoryModel"));
        assertEquals(
                List.of("HOLDS", "VIOLATED", "VIOLATED", "VIOLATED", "VIOLATED"),
                texts(checks, "verdict"));
        assertEquals("one of them sees the other", checks.get(1).get("broken").asText());
        assertTrue(text.contains("store buffering, x86-TSO\n"), text);
        assertFalse(text.contains("store buffering, ARMv8\n"), "the strongest is enough");
        assertTrue(text.contains("CPU 0: P0"), text);
    }

    @Test
    void memoryModelsCanBeChosen() throws Exception {
        String file = source("Buffering.java", STORE_BUFFERING);

        assertEquals(
                List.of("SC", "PSO"),
                texts(
                        prove(file, "--model", "pso,SC,pso", "--json")
                                .expect(ExitCode.FAILED)
                                .json()
                                .get("checks"),
                        "memoryModel"));
        prove(file, "--model", "sc").expect(ExitCode.OK);
    }

    @Test
    void withoutReductionTheVerdictIsTheSame() throws Exception {
        String file = source("Buffering.java", STORE_BUFFERING);

        JsonNode reduced = prove(file, "--json", "--threads", "1").json();
        JsonNode whole = prove(file, "--json", "--no-reduction").json();

        assertTrue(reduced.get("reduced").asBoolean());
        assertFalse(whole.get("reduced").asBoolean());
        assertEquals(1, reduced.get("threads").asInt());
        assertEquals(
                texts(reduced.get("checks"), "verdict"), texts(whole.get("checks"), "verdict"));
    }

    @Test
    void aFileCanHaveScenariosAndNoClass() throws Exception {
        String file =
                source(
                        "Two.java",
                        """
                        import dev.cpulocal.lab.*;

                        List<Scenario> scenarios() {
                            return List.of(scenario("one", 1), scenario("two", 2));
                        }

                        Scenario scenario(String id, long value) {
                            Model model = Model.build(id, m -> {
                                var x = m.shared("x", 0);
                                m.task("P0", 0, c -> c.store(x, value));
                                m.always("x is small", x.get().le(1));
                            });
                            return new Scenario(id, "title", "", List.of(
                                    Scenario.Variant.of("only", "", model).holds(MemoryModel.SC)));
                        }
                        """);

        Result result = prove(file, "--json").expect(ExitCode.FAILED);

        assertEquals(List.of("one", "two"), texts(result.json().get("checks"), "id"));
        assertEquals(List.of("true", "false"), texts(result.json().get("checks"), "good"));
    }

    private static final String COUNTING =
            """
            import dev.cpulocal.lab.*;

            class Counting {
                static Model model() {
                    return Model.build("counting", m -> {
                        var x = m.shared("x", 0);
                        m.task("P0", 0, c -> c.forever(() -> c.store(x, c.load(x).plus(1))));
                        m.always("anything", Expr.of(1));
                    });
                }
            }
            """;

    @Test
    void whatExceedsABudgetProvesNothing() throws Exception {
        String file = source("Counting.java", COUNTING);

        for (List<String> budget :
                List.of(
                        List.of("--states", "1000"),
                        List.of("--time", "300ms"),
                        List.of("--memory", "1m"))) {
            Result result =
                    prove(file, "--model", "sc", budget.getFirst(), budget.getLast())
                            .expect(ExitCode.EXHAUSTED);
            assertTrue(result.out().contains("under SC: EXHAUSTED: "), result::out);
            assertTrue(result.out().contains("\nEXHAUSTED: 1 ended at the budget"), result::out);
        }
    }

    @Test
    void refusesBudgetsThatMakeNoSense() throws Exception {
        for (List<String> wrong :
                List.of(
                        List.of("--states", "0"),
                        List.of("--states", "-5"),
                        List.of("--states", "many"),
                        List.of("--time", "0s"),
                        List.of("--time", "10"),
                        List.of("--memory", "1k"),
                        List.of("--memory", "1000"),
                        List.of("--memory", "999999999g"),
                        List.of("--states", "1000000", "--memory", "1m"),
                        List.of("--states", "1", "--states", "2"),
                        List.of("--threads", "0"),
                        List.of("--model", "alpha"),
                        List.of("--quiet"),
                        List.of("--states-only"),
                        List.of("--expect", "log"))) {
            Result result = prove(wrong.toArray(String[]::new)).expect(ExitCode.USAGE);

            assertEquals("", result.out(), wrong::toString);
            assertTrue(result.err().contains(wrong.getFirst()), result::err);
        }
    }

    @Test
    void showsWhereASourceIsWrong() throws Exception {
        String wrongType = source("Wrong.java", "class Wrong {\n    static int model = \"\";\n}\n");
        String throwing =
                source(
                        "Throwing.java",
                        """
                        class Throwing {
                            static dev.cpulocal.lab.Model model() {
                                return java.util.List.<dev.cpulocal.lab.Model>of().getFirst();
                            }
                        }
                        """);
        String unchecked =
                source(
                        "Unchecked.java",
                        """
                        import dev.cpulocal.lab.*;
                        class Unchecked {
                            static Model model() {
                                return Model.build("idle", m -> m.task("P0", 0, c -> {}));
                            }
                        }
                        """);
        String other =
                source("Other.java", "class Other { static int model(int x) { return x; } }");

        assertTrue(
                prove(wrongType).expect(ExitCode.USAGE).err().contains(wrongType + ":2: error: "));
        assertTrue(
                prove(throwing)
                        .expect(ExitCode.USAGE)
                        .err()
                        .startsWith(
                                "cpulocal prove: " + throwing + ":3: model(): java.util.NoSuch"));
        assertTrue(
                prove(unchecked)
                        .expect(ExitCode.USAGE)
                        .err()
                        .startsWith(
                                "cpulocal prove: "
                                        + unchecked
                                        + ":4: model(): model idle: nothing to check (expected: "));
        assertTrue(
                prove(other)
                        .expect(ExitCode.USAGE)
                        .err()
                        .contains("Other.java: describes no scenario (expected: a method without"));
        assertTrue(prove("No.java").expect(ExitCode.USAGE).err().contains("No.java: no such file"));
    }
}
