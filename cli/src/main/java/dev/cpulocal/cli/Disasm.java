// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import dev.cpulocal.Cpu;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Rseq;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.cli.disasm.CHeader;
import dev.cpulocal.cli.disasm.Catalogue;
import dev.cpulocal.cli.disasm.Listing;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Machine;
import dev.cpulocal.internal.Target;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The command {@code disasm}. */
@Command(
        name = "disasm",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Show the machine code of a sequence beside its pseudo-code.",
        description = {
            "",
            "Without an argument, lists the sequences of the library. Works where rseq is not"
                    + " available too: nothing is executed. With --c prints a header for programs in C"
                    + " that run the sequences themselves.",
            "",
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:listed",
            " 2:wrong usage, no such sequence, or no machine code for that architecture",
            "70:an unexpected error",
        },
        footer = {
            "",
            "Examples:",
            "  cpulocal disasm",
            "  cpulocal disasm counter-add",
            "  cpulocal disasm load_cbne_store --index mm_cid --stride 4096",
            "  cpulocal disasm --c > sequences.h",
        })
final class Disasm implements Callable<Integer> {

    private static final int MAX_RANGES = 1 << 16;

    @Parameters(
            arity = "0..1",
            paramLabel = "<sequence>",
            description = "The name of a sequence; without it, all are listed.")
    private @Nullable String sequence;

    @Option(
            names = "--arch",
            paramLabel = "<name>",
            converter = ArchitectureName.class,
            completionCandidates = ArchitectureName.class,
            description =
                    "Architecture: ${COMPLETION-CANDIDATES}. Default: this machine's, else x64.")
    private @Nullable Architecture architecture;

    @Option(
            names = "--index",
            paramLabel = "<field>",
            converter = IndexName.class,
            completionCandidates = IndexName.class,
            defaultValue = "cpu_id",
            description =
                    "What chooses the range: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private IndexMode index = IndexMode.CPU_ID;

    @Option(
            names = "--stride",
            paramLabel = "<bytes>",
            description =
                    "Size of a range, a power of two from 4096 to 2^30. Default: ${DEFAULT-VALUE}.")
    private int strideBytes = CpuMemory.DEFAULT_STRIDE_BYTES;

    @Option(
            names = "--ranges",
            paramLabel = "<n>",
            description =
                    "How many ranges there are, 1 to 65536. Default: one for each possible CPU here.")
    private @Nullable Integer ranges;

    @Option(
            names = "--area",
            paramLabel = "<bytes>",
            description =
                    "Where struct rseq is, relative to the thread pointer. Default: where glibc has"
                            + " it here.")
    private @Nullable Integer areaOffset;

    @Option(
            names = "--delay",
            paramLabel = "<turns>",
            description =
                    "Turns of a loop before the commit, which let a test reach rare races."
                            + " Default: ${DEFAULT-VALUE}.")
    private int delayTurns;

    @Option(
            names = "--c",
            description = "Print a C header instead, of all sequences without a name.")
    private boolean header;

    @Option(names = "--json", description = "Print one JSON document instead.")
    private boolean json;

    @Override
    public Integer call() {
        if (header) {
            printHeader();
        } else if (sequence == null) {
            print(Catalogue.get(), Catalogue.get().render());
        } else {
            Listing listing = list(Catalogue.find(sequence));
            print(listing, listing.render());
        }
        return ExitCode.OK;
    }

    private void print(Object document, String text) {
        if (json) {
            Json.print(document);
        } else {
            System.out.print(text);
        }
    }

    private void printHeader() {
        if (json) {
            throw new UsageException("--c: given with --json (expected: one of them)");
        }
        List<Sequence> sequences =
                sequence == null ? Sequences.all() : List.of(Catalogue.find(sequence));
        System.out.print(CHeader.render(target(), sequences.stream().map(this::list).toList()));
    }

    private Listing list(Sequence found) {
        String name = ArchitectureName.of(architecture());
        Machine machine =
                architecture()
                        .machine()
                        .orElseThrow(() ->
                                new UsageException(
                                        "no machine code is emitted for "
                                                + name
                                                + ": its sequences are interpreted"));
        Code code = machine.emit(found, target());
        return Listing.of(
                found,
                name,
                target(),
                delayTurns() == 0
                        ? code
                        : machine.emit(found, target().with(delayBeforeTheCommitOf(code))));
    }

    private Architecture architecture() {
        return Objects.requireNonNullElseGet(
                architecture, () -> Architecture.current().orElse(Architecture.X64));
    }

    private Target target() {
        checkStride();
        return new Target(
                index,
                strideBytes,
                ranges(),
                areaOffset == null ? Rseq.registration().areaOffset() : areaOffset,
                architecture().signature(),
                Target.Injection.NONE);
    }

    private int ranges() {
        if (ranges == null) {
            return Cpu.possible().last() + 1;
        }
        if (ranges < 1 || ranges > MAX_RANGES) {
            throw new UsageException(
                    "--ranges: " + ranges + " (expected: 1 to " + MAX_RANGES + ")");
        }
        return ranges;
    }

    private int delayTurns() {
        if (delayTurns < 0) {
            throw new UsageException("--delay: " + delayTurns + " (expected: not negative)");
        }
        return delayTurns;
    }

    private Target.Injection delayBeforeTheCommitOf(Code code) {
        int commit = code.instructions("entry", "commit") - 1;
        return new Target.Injection(commit, delayTurns);
    }

    private void checkStride() {
        if (strideBytes < CpuMemory.MIN_STRIDE_BYTES
                || strideBytes > CpuMemory.MAX_STRIDE_BYTES
                || Integer.bitCount(strideBytes) != 1) {
            throw new UsageException(
                    "--stride: " + strideBytes + " (expected: a power of two, 4096 to 2^30)");
        }
    }

    /** Architectures by their names in lower case. */
    static final class ArchitectureName implements ITypeConverter<Architecture>, Iterable<String> {
        static String of(Architecture architecture) {
            return architecture.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public Architecture convert(String value) {
            return Arrays.stream(Architecture.values())
                    .filter(architecture -> of(architecture).equals(value))
                    .findFirst()
                    .orElseThrow(() -> unknown(value, this));
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Architecture.values()).map(ArchitectureName::of).iterator();
        }
    }

    /** Index modes by the names of the kernel's fields. */
    static final class IndexName implements ITypeConverter<IndexMode>, Iterable<String> {
        @Override
        public IndexMode convert(String value) {
            return Arrays.stream(IndexMode.values())
                    .filter(mode -> mode.field().equals(value))
                    .findFirst()
                    .orElseThrow(() -> unknown(value, this));
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(IndexMode.values()).map(IndexMode::field).iterator();
        }
    }

    private static TypeConversionException unknown(String value, Iterable<String> expected) {
        return new TypeConversionException(
                value + " (expected: one of " + String.join(", ", expected) + ")");
    }
}
