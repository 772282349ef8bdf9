// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.CommandLineRun.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prove} on entries of the museum: what is told about them, and pages. */
class ProveMuseumIT {

    private static final String MODEL =
            """
            import dev.cpulocal.lab.*;

            class Racing {
                static Model model() {
                    return Model.build("racing", m -> {
                        var x = m.shared("x", 0);
                        m.task("P0", 0, c -> c.store(x, 1));
                        m.always("x is 0", x.get().not());
                    });
                }
            }
            """;

    @TempDir Path directory;

    @Test
    void oneEntryBeginsWithItsStoryAndWithWhoSaidWhat() {
        Result one = InProcess.run("prove", "MB-01", "--model", "sc,tso").expect(ExitCode.OK);
        String out = one.out();

        assertTrue(out.startsWith("MB-01  No full barrier after rq->curr goes back"), out);
        assertTrue(out.contains("\nmembarrier() skips the interrupt of a CPU"), out);
        assertTrue(out.contains("\n[said] Mathieu Desnoyers, 17 July 2020, RFC PATCH 4/7"), out);
        assertTrue(out.contains("\n  \"Yes, I see this now.\"\n"), out);
        assertTrue(out.contains("\n  REFUTED by \"no barrier after\": Without the barrier"), out);
        assertTrue(out.indexOf("[our derivation]") < out.indexOf("\nscenario "), out);
        Result two = InProcess.run("prove", "MB-01", "TLB-07", "--model", "sc");
        assertFalse(two.out().contains("[said]"));
    }

    @Test
    void writesPagesAndSaysSo() throws Exception {
        String pages = directory.resolve("pages").toString();
        String file = Files.writeString(directory.resolve("Racing.java"), MODEL).toString();

        Result own = InProcess.run("prove", file, "--html", pages).expect(ExitCode.FAILED);
        Result entry =
                CommandLineRun.jar()
                        .run("prove", "TLB-07", "--json", "--html", pages)
                        .expect(ExitCode.OK);

        String written = "Written: " + Path.of(pages, "index.html") + " and a page beside it.\n";
        assertTrue(own.out().endsWith(written), own::out);
        assertTrue(entry.err().endsWith(written), entry::err);
        assertEquals("TLB-07", entry.json().at("/checks/0/id").asText());
        assertTrue(Files.readString(Path.of(pages, "racing.html")).contains("P0"));
        assertTrue(Files.readString(Path.of(pages, "tlb-07.html")).contains("Stephen Dolan"));
        assertTrue(
                InProcess.run("prove", file, "--html", file)
                        .expect(ExitCode.USAGE)
                        .err()
                        .startsWith("cpulocal prove: --html: "));
    }
}
