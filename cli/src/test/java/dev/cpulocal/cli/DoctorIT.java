// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.Rseq;
import dev.cpulocal.cli.CommandLineRun.Result;
import org.junit.jupiter.api.Test;

/** {@code doctor} of the packaged jar, in every mode that a process can be started in. */
class DoctorIT {

    private static JsonNode capability(JsonNode findings, String id) {
        for (JsonNode capability : findings.get("capabilities")) {
            if (capability.get("id").asText().equals(id)) {
                return capability;
            }
        }
        throw new AssertionError(id + " is not in " + findings);
    }

    private static void assertExplained(JsonNode capability, String reason, String remedy) {
        assertFalse(capability.get("available").asBoolean(), capability::toString);
        assertTrue(capability.get("reason").asText().contains(reason), capability::toString);
        assertTrue(capability.get("remedy").asText().contains(remedy), capability::toString);
    }

    @Test
    void findsInANewProcessWhatThisOneFinds() throws Exception {
        boolean available = Rseq.availability().isAvailable();
        Result result = CommandLineRun.jar().run("doctor", "--json");

        JsonNode findings = result.expect(available ? ExitCode.OK : ExitCode.PORTABLE).json();

        assertEquals("", result.err());
        assertEquals(available ? "RSEQ" : "PORTABLE", findings.get("mode").asText());
        assertEquals(available, findings.get("machineCode").asBoolean());
        assertEquals(
                Rseq.registration().owner().name(), findings.at("/registration/owner").asText());
        assertEquals(
                Rseq.registration().featureBytes(),
                findings.at("/registration/featureBytes").asInt());
        assertEquals(
                Runtime.getRuntime().availableProcessors(),
                findings.at("/cpus/availableProcessors").asInt());
        assertEquals(available, findings.get("selfTestPassed").asBoolean());
        assertEquals(available ? 4 : 0, findings.at("/selfTest/checks").size());
    }

    @Test
    void endsWithTheVerdict() throws Exception {
        Result text = CommandLineRun.jar().run("doctor");
        JsonNode findings = CommandLineRun.jar().run("doctor", "--json").json();

        assertTrue(text.out().endsWith("\n" + findings.get("verdict").asText() + "\n"), text::out);
        assertTrue(text.out().contains(findings.at("/platform/libc").asText()), text::out);
        assertTrue(text.out().lines().allMatch(line -> line.equals(line.stripTrailing())));
    }

    @Test
    void saysThatTheSettingSwitchesItOff() throws Exception {
        JsonNode property =
                CommandLineRun.jar("-Dcpulocal.rseq=off")
                        .run("doctor", "--json")
                        .expect(ExitCode.PORTABLE)
                        .json();
        JsonNode variable =
                CommandLineRun.jar()
                        .with("RSEQ_DISABLE", "1")
                        .run("doctor", "--json")
                        .expect(ExitCode.PORTABLE)
                        .json();

        assertEquals("PORTABLE", property.get("mode").asText());
        assertExplained(capability(property, "cpu_id"), "-Dcpulocal.rseq=off", "remove");
        assertEquals("off", property.at("/settings/cpulocal.rseq").asText());
        assertExplained(capability(variable, "mm_cid"), "RSEQ_DISABLE=1", "remove");
        assertEquals("1", variable.at("/settings/RSEQ_DISABLE").asText());
        assertFalse(variable.get("machineCode").asBoolean());
    }

    @Test
    void saysThatSomeThreadsUseIt() throws Exception {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());

        JsonNode findings =
                CommandLineRun.jar()
                        .with("RSEQ_DISABLE", "random")
                        .run("doctor", "--json")
                        .expect(ExitCode.OK)
                        .json();

        assertEquals("RANDOM", findings.get("mode").asText());
    }

    @Test
    void saysWhoRegistersWhereGlibcDoesNot() throws Exception {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());

        JsonNode findings =
                CommandLineRun.jar()
                        .with("GLIBC_TUNABLES", "glibc.pthread.rseq=0")
                        .run("doctor", "--json")
                        .expect(ExitCode.OK)
                        .json();

        assertEquals("CPULOCAL", findings.at("/registration/owner").asText());
        assertEquals(0, findings.at("/registration/reportedBytes").asInt());
        assertEquals(32, findings.at("/registration/lengthBytes").asInt());
        assertExplained(
                capability(findings, "glibc-registration"), "__rseq_size is 0", "GLIBC_TUNABLES");
        assertTrue(findings.get("selfTestPassed").asBoolean());
    }

    @Test
    void explainsDeniedNativeAccessAndStillKnowsTheMachine() throws Exception {
        JsonNode findings =
                CommandLineRun.classPath("--illegal-native-access=deny")
                        .run("doctor", "--json")
                        .expect(ExitCode.PORTABLE)
                        .json();

        assertExplained(
                capability(findings, "native-access"),
                "native access is denied",
                "--enable-native-access=ALL-UNNAMED");
        assertTrue(findings.get("verdict").asText().contains("--enable-native-access=ALL-UNNAMED"));
        assertEquals(-1, findings.at("/cpus/current").asInt());
        JsonNode granted = CommandLineRun.jar().run("doctor", "--json").json();
        assertEquals(granted.get("platform"), findings.get("platform"));
        assertEquals(granted.at("/cpus/possible"), findings.at("/cpus/possible"));
    }

    @Test
    void refusesASettingThatMeansNothing() throws Exception {
        Result variable = CommandLineRun.jar().with("RSEQ_DISABLE", "nonsense").run("doctor");
        Result property = CommandLineRun.jar("-Dcpulocal.rseq=maybe").run("doctor", "--json");

        assertEquals(
                "cpulocal: RSEQ_DISABLE: nonsense (expected: 0, 1 or random)\n",
                variable.expect(ExitCode.USAGE).err());
        assertEquals(
                "cpulocal: cpulocal.rseq: maybe (expected: on, off or random)\n",
                property.expect(ExitCode.USAGE).err());
        assertEquals("", property.out());
    }
}
