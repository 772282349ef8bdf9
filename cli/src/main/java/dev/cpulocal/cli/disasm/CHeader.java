// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.disasm;

import dev.cpulocal.Result;
import dev.cpulocal.internal.Target;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Machine code as a header for programs in C, as {@code disasm --c} prints it: the names in it are
 * an interface.
 */
public final class CHeader {

    private CHeader() {}

    /**
     * {@return the text of the header}
     *
     * @param target what all the code was emitted for
     * @param listings the code of one architecture, at least one
     */
    public static String render(Target target, List<Listing> listings) {
        return head(target, listings.getFirst().architecture())
                + results()
                + structure()
                + listings.stream()
                        .map(listing -> "    " + constant(listing) + ",\n")
                        .collect(Collectors.joining("", "enum {\n", "};\n"))
                + listings.stream().map(CHeader::array).collect(Collectors.joining())
                + listings.stream()
                        .map(CHeader::entry)
                        .collect(
                                Collectors.joining(
                                        "",
                                        "\n"
                                                + "static const struct cpulocal_sequence"
                                                + " cpulocal_sequences[] = {\n",
                                        "};\n\n#endif\n"));
    }

    private static String head(Target target, String architecture) {
        return String.format(
                Locale.ROOT,
                """
                /*
                 * Restartable sequences as machine code, printed by "cpulocal disasm --c".
                 *
                 * Each is a function: int64_t f(char *base, int64_t parameter, ...). Offsets of items are parameters too.
                 * At base, aligned to the stride, lie CPULOCAL_RANGES ranges of CPULOCAL_STRIDE_BYTES; the first 8 bytes
                 * of each are its stop word, and items lie behind the first 64.
                 *
                 * Copy the bytes to a page of their own, store there the rest of the descriptor, which is a struct rseq_cs
                 * (start_ip, post_commit_offset = commit - start, abort_ip), make the page executable and never unmap it.
                 * The threads' struct rseq must be at CPULOCAL_AREA_OFFSET from the thread pointer, as __rseq_offset of
                 * glibc says, and registered with CPULOCAL_SIGNATURE.
                 */
                #ifndef CPULOCAL_SEQUENCES_H
                #define CPULOCAL_SEQUENCES_H

                #include <stdint.h>

                #define CPULOCAL_ARCHITECTURE "%s"
                #define CPULOCAL_INDEX "%s"
                #define CPULOCAL_STRIDE_BYTES %d
                #define CPULOCAL_RANGES %d
                #define CPULOCAL_AREA_OFFSET (%d)
                #define CPULOCAL_SIGNATURE 0x%08x

                """,
                architecture,
                target.index().field(),
                target.strideBytes(),
                target.ranges(),
                target.areaOffset(),
                target.signature());
    }

    private static String results() {
        return """
        /* What a call answers: its value, at least CPULOCAL_LEAST_VALUE, if it committed; else one of these. */
        """
                + result("ABORTED", Result.ABORTED)
                + result("STOPPED", Result.STOPPED)
                + result("UNREGISTERED", Result.UNREGISTERED)
                + result("OUT_OF_RANGE", Result.OUT_OF_RANGE)
                + "/* Plus the number of the comparison. */\n"
                + result("UNEQUAL", Result.unequal(0))
                + result("LEAST_VALUE", Result.LEAST_VALUE);
    }

    private static String result(String name, long value) {
        return String.format(
                Locale.ROOT,
                "#define CPULOCAL_%s (INT64_MIN + %d)%n",
                name,
                value - Long.MIN_VALUE);
    }

    private static String structure() {
        return """

        struct cpulocal_sequence {
            const char *name;
            const unsigned char *bytes;
            unsigned size;
            /* Offsets in the bytes; commit is that of the first byte after the section. */
            unsigned descriptor, entry, start, commit, abort;
        };

        /* Places in cpulocal_sequences. */
        """;
    }

    private static String array(Listing listing) {
        StringBuilder text = new StringBuilder("\n/*\n");
        listing.pseudoCode().forEach(line -> text.append(" * ").append(line).append('\n'));
        text.append(" */\nstatic const unsigned char ")
                .append(variable(listing))
                .append("[] = {\n");
        for (Listing.Line line : listing.lines()) {
            listing.labelsAt(line.offset())
                    .forEach(label -> text.append("    /* ").append(label).append(": */\n"));
            text.append("    0x")
                    .append(line.bytes().replace(" ", ", 0x"))
                    .append(", /* ")
                    .append(line.mnemonic())
                    .append(" */\n");
        }
        return text.append("};\n").toString();
    }

    private static String entry(Listing listing) {
        Map<String, Integer> labels = listing.labels();
        return String.format(
                Locale.ROOT,
                "    [%s] = {\"%s\", %s, %d, %d, %d, %d, %d, %d},%n",
                constant(listing),
                listing.sequence(),
                variable(listing),
                listing.sizeBytes(),
                labels.get("descriptor"),
                labels.get("entry"),
                labels.get("start"),
                labels.get("commit"),
                labels.get("abort"));
    }

    private static String variable(Listing listing) {
        return "cpulocal_" + listing.sequence().replace('-', '_');
    }

    private static String constant(Listing listing) {
        return variable(listing).toUpperCase(Locale.ROOT);
    }
}
