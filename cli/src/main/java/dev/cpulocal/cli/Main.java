// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.Rseq;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command. */
@Command(
        name = "cpulocal",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "<command>",
        header = "Per-CPU data for the JVM on Linux, by restartable sequences (rseq).",
        description = {
            "",
            "New here? 'cpulocal report' measures this machine and writes one HTML file that shows it"
                    + " all; 'cpulocal doctor' says in a second whether sequences run here, and if"
                    + " not, why and what to do.",
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:a check failed: an update was lost, a tested process died, or a verdict is wrong",
            " 2:the command line, a setting such as RSEQ_DISABLE, or a file is wrong",
            " 3:doctor: no sequence runs as machine code here; all works, slower",
            " 4:prove: a budget was used up first; nothing is proved",
            " 5:prove: a litmus test asks for something that is not covered",
            "69:the launcher found no JDK 25 or no Maven",
            "70:an unexpected error, or a check that cannot be trusted",
        },
        footer = {
            "",
            "Settings: RSEQ_DISABLE=1|random (environment) or -Dcpulocal.rseq=on|off|random (JVM)"
                    + " choose which threads use rseq.",
            "'cpulocal <command> --help' tells more about a command.",
        },
        subcommands = {
            Report.class,
            Doctor.class,
            Bench.class,
            Stress.class,
            Prove.class,
            Disasm.class,
            StressWorker.class
        })
public final class Main implements Runnable {

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of an unexpected error.")
    private boolean verbose;

    @Spec private @Nullable CommandSpec spec;

    private Main() {}

    static void main(String[] arguments) {
        int code = run(arguments);
        System.out.flush();
        System.exit(code);
    }

    /** {@return what the process is to end with} */
    static int run(String... arguments) {
        Main main = new Main();
        try {
            return main.commandLine().execute(arguments);
        } catch (Throwable e) {
            return main.unexpected(e);
        }
    }

    private CommandLine commandLine() {
        return new CommandLine(this)
                .setParameterExceptionHandler(Main::wrongArguments)
                .setExecutionExceptionHandler((e, line, _) -> failed(e, line))
                .setExecutionStrategy(Main::execute)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
    }

    /** Without a command. */
    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    private static int execute(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        return parsed.hasSubcommand() && !settingIsKnown()
                ? ExitCode.USAGE
                : new RunLast().execute(parsed);
    }

    /** A setting that means nothing is refused here, before anything depends on it. */
    private static boolean settingIsKnown() {
        try {
            Rseq.threads();
            return true;
        } catch (IllegalArgumentException e) {
            System.err.println("cpulocal: " + e.getMessage());
            return false;
        }
    }

    private static int wrongArguments(ParameterException e, String... arguments) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        String name = line.getCommandSpec().qualifiedName();
        err.println(name + ": " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + name + " --help'.");
        err.flush();
        return ExitCode.USAGE;
    }

    private int failed(Exception e, CommandLine line) {
        if (e instanceof UsageException) {
            line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + e.getMessage());
            line.getErr().flush();
            return ExitCode.USAGE;
        }
        return unexpected(e);
    }

    private int unexpected(Throwable e) {
        boolean trace = verbose || Boolean.getBoolean("cpulocal.debug");
        System.err.println(
                "cpulocal: unexpected error: "
                        + e.toString().lines().findFirst().orElse("")
                        + (trace ? "" : " (--verbose shows where)"));
        if (trace) {
            e.printStackTrace();
        }
        return ExitCode.INTERNAL;
    }

    /** {@return the version of the packaged jar, which alone has a manifest} */
    static String version() {
        return Objects.requireNonNullElse(
                Main.class.getPackage().getImplementationVersion(), "(unpackaged)");
    }

    /** Tells picocli. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"cpulocal " + version()};
        }
    }
}
