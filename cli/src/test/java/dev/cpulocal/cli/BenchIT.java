// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.bench.RemoteRun;
import dev.cpulocal.cli.CommandLineRun.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code bench} of the packaged jar. */
class BenchIT {

    private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

    static void assertSpread(JsonNode spread) {
        double low = spread.get("low").asDouble();
        double median = spread.get("median").asDouble();
        assertTrue(0 < low && low <= median, spread::toString);
        assertTrue(median <= spread.get("high").asDouble(), spread::toString);
    }

    @Test
    void measuresCountersWithTheThreadsAskedFor() throws Exception {
        Result result =
                CommandLineRun.jar(UNSAFE)
                        .run(
                                "bench",
                                "counter",
                                "--quick",
                                "--forks",
                                "1",
                                "--threads",
                                "2",
                                "--json")
                        .expect(ExitCode.OK);

        JsonNode rows = result.json().at("/counter/rows");
        Set<String> subjects = new TreeSet<>(rows.findValuesAsText("subject"));
        assertTrue(
                subjects.containsAll(List.of("CPU_COUNTER", "LONG_ADDER", "ATOMIC_LONG", "BARE")),
                subjects::toString);
        for (JsonNode row : rows) {
            assertEquals(2, row.get("threads").asInt());
            assertSpread(row.get("nanos"));
            boolean isBase = row.get("subject").asText().equals("LONG_ADDER");
            assertTrue(isBase == row.get("toLongAdder").isNull(), row::toString);
        }
        assertTrue(result.json().get("memory").isNull());
        assertTrue(result.err().contains("bench: "), "progress goes to standard error");
    }

    @Test
    void measuresPoolsWithTheThreadsAskedFor() throws Exception {
        Result result =
                CommandLineRun.jar(UNSAFE)
                        .run("bench", "pool", "--quick", "--threads", "3", "--json")
                        .expect(ExitCode.OK);

        JsonNode rows = result.json().at("/pool/rows");
        Set<String> subjects = new TreeSet<>(rows.findValuesAsText("subject"));
        assertTrue(
                subjects.containsAll(
                        List.of("CPU_POOL", "THREAD_LOCAL", "NEW", "JACKSON_DEQUE", "JCTOOLS")),
                subjects::toString);
        assertEquals(Set.of("PLATFORM", "SHORT_TASKS"), Set.copyOf(rows.findValuesAsText("work")));
        for (JsonNode row : rows) {
            assertEquals(3, row.get("threads").asInt());
            assertSpread(row.get("nanos"));
            boolean isBase = row.get("subject").asText().equals("CPU_POOL");
            assertTrue(isBase == row.get("toCpuPool").isNull(), row::toString);
        }
        assertTrue(result.json().at("/pool/versions").toString().contains("jackson-core 2."));
        assertTrue(result.json().get("counter").isNull());
    }

    @Test
    void measuresTheFirstUse() throws Exception {
        Result result =
                CommandLineRun.jar().run("bench", "first-use", "--quick").expect(ExitCode.OK);

        assertTrue(result.out().startsWith("First use, in 3 JVMs each\n"), result::out);
        assertTrue(result.out().contains("the self-test"), result::out);
    }

    @Test
    void measuresWorkOnOtherCpus() throws Exception {
        Result result =
                CommandLineRun.jar()
                        .run("bench", "remote", "--quick", "--json")
                        .expect(ExitCode.OK);

        JsonNode rows = result.json().at("/remote/rows");
        Set<String> kinds = new TreeSet<>(rows.findValuesAsText("kind"));
        assertEquals(
                Arrays.stream(RemoteRun.Kind.values()).map(Enum::name).collect(toSet()), kinds);
        for (JsonNode row : rows) {
            assertSpread(row.get("nanos"));
            assertSpread(row.get("p99Nanos"));
        }
    }

    @Test
    void measuresReadSectionsAndTheRareSide() throws Exception {
        JsonNode rcu =
                CommandLineRun.jar()
                        .run("bench", "rcu", "--quick", "--threads", "2", "--json")
                        .expect(ExitCode.OK)
                        .json()
                        .get("rcu");
        for (JsonNode row : rcu.get("reads")) {
            assertSpread(row.get("nanos"));
            assertEquals(row.get("subject").asText().equals("RCU"), row.get("toRcu").isNull());
        }
        for (JsonNode row : rcu.get("writers")) {
            assertSpread(row.get("nanos"));
        }
        assertTrue(rcu.get("reads").size() > 4 && rcu.get("writers").size() > 4);
        boolean measured = rcu.get("limits").isEmpty();
        assertEquals(measured, rcu.findValuesAsText("subject").contains("LIBURCU"));
        assertEquals(measured, rcu.findValuesAsText("kind").contains("SYNCHRONIZE_LIBURCU"));
    }

    @Test
    void measuresBothSidesOfTheFence() throws Exception {
        JsonNode fence =
                CommandLineRun.jar()
                        .run("bench", "fence", "--quick", "--json")
                        .expect(ExitCode.OK)
                        .json()
                        .get("fence");
        assertTrue(fence.get("asymmetric").asBoolean());
        fence.get("rows").forEach(row -> assertSpread(row.get("nanos")));
        assertTrue(fence.get("mixed").size() > 4);
        for (JsonNode row : fence.get("mixed")) {
            assertTrue(row.get("ratio").asInt() > 0);
            assertSpread(row.get("pair"));
            assertSpread(row.get("twoFull"));
        }
        assertTrue(fence.has("breakEven"));
    }

    @Test
    void refusesWhatDoesNotExist() throws Exception {
        Result name = CommandLineRun.jar().run("bench", "counter", "queue");
        assertEquals(
                "cpulocal bench: benchmark: queue (expected: counter, pool, rcu, fence, memory,"
                        + " first-use, remote)\n",
                name.expect(ExitCode.USAGE).err());

        for (List<String> wrong :
                List.of(
                        List.of("--forks", "0"),
                        List.of("--forks", "-1"),
                        List.of("--threads", "1,-2"),
                        List.of("--threads", "1,two"))) {
            Result result = CommandLineRun.jar().run("bench", wrong.getFirst(), wrong.getLast());
            assertTrue(result.expect(ExitCode.USAGE).err().contains(wrong.getFirst()), result::err);
        }
    }
}
