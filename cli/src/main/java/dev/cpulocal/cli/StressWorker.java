// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.IndexMode;
import dev.cpulocal.cli.stress.FamilyName;
import dev.cpulocal.cli.stress.Outcome;
import dev.cpulocal.cli.stress.Tested;
import dev.cpulocal.cli.stress.Work;
import dev.cpulocal.cli.terminal.TimeSpan;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The process that {@code stress} starts for each mode: prints its outcome as JSON. */
@Command(name = "stress-worker", hidden = true)
final class StressWorker implements Callable<Integer> {

    @Option(names = "--index", converter = Disasm.IndexName.class, required = true)
    private IndexMode index = IndexMode.CPU_ID;

    @Option(names = "--tested", required = true)
    private Tested tested = Tested.REAL;

    @Option(names = "--test", split = ",", converter = Stress.FamilyId.class, required = true)
    private List<FamilyName> families = List.of();

    @Option(names = "--threads", required = true)
    private int threads;

    @Option(names = "--duration", converter = TimeSpan.class, required = true)
    private Duration duration = Duration.ZERO;

    @Override
    public Integer call() throws InterruptedException {
        Outcome outcome = Work.run(tested, families, index, threads, duration);
        Json.print(outcome);
        return ExitCode.OK;
    }
}
