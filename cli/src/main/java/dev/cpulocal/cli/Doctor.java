// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.cli.doctor.Examination;
import dev.cpulocal.cli.doctor.Findings;
import dev.cpulocal.cli.doctor.FindingsText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Say whether sequences run as machine code here; if not, why and what to do.",
        description = {
            "",
            "Looks at the kernel, the C library, the CPUs and the JVM, runs the self-test (does the"
                    + " kernel really abort a section that is preempted, signalled, migrated,"
                    + " fenced?), and ends with the verdict in one sentence.",
            "",
        },
        optionListHeading = "Options:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:sequences run as machine code",
            " 2:wrong usage, or a setting has no such value",
            " 3:portable mode: the same results, slower",
            "70:an unexpected error",
        },
        footer = {
            "",
            "Examples:",
            "  cpulocal doctor",
            "  cpulocal doctor --json | jq .mode",
        })
final class Doctor implements Callable<Integer> {

    @Option(names = "--json", description = "Print one JSON document instead.")
    private boolean json;

    @Override
    public Integer call() {
        Findings findings = Examination.examine(Main.version());
        if (json) {
            Json.print(findings);
        } else {
            System.out.print(FindingsText.render(findings));
        }
        return findings.machineCode() ? ExitCode.OK : ExitCode.PORTABLE;
    }
}
