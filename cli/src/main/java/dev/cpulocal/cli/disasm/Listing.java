// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.disasm;

import dev.cpulocal.Sequence;
import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Target;
import dev.cpulocal.internal.VectorForm;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The machine code of a sequence, as {@code disasm --json} prints it: the names of the components
 * are an interface.
 *
 * @param sequence its name
 * @param architecture the instruction set
 * @param index the field of {@code struct rseq} that chooses the range
 * @param strideBytes the distance between the ranges of two CPUs
 * @param ranges how many ranges there are
 * @param areaOffset where {@code struct rseq} is, relative to the thread pointer
 * @param sizeBytes the size of the block
 * @param pseudoCode the description, a line each op
 * @param operationVector the operation vector that means the same, a line each operation
 * @param labels offsets by name
 * @param lines the instructions, by offset
 */
public record Listing(
        String sequence,
        String architecture,
        String index,
        int strideBytes,
        int ranges,
        int areaOffset,
        int sizeBytes,
        List<String> pseudoCode,
        List<String> operationVector,
        Map<String, Integer> labels,
        List<Line> lines) {

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final int BYTES_PER_LINE = 10;

    /**
     * One instruction, or data.
     *
     * @param offset from the beginning of the block
     * @param bytes in hexadecimal
     * @param mnemonic the instruction in the Intel syntax of GNU as
     * @param pseudoCode what it stands for; empty if it belongs to the line before
     */
    public record Line(int offset, String bytes, String mnemonic, String pseudoCode) {}

    /** {@return the listing of emitted code} */
    public static Listing of(Sequence sequence, String architecture, Target target, Code code) {
        return new Listing(
                sequence.name(),
                architecture,
                target.index().field(),
                target.strideBytes(),
                target.ranges(),
                target.areaOffset(),
                code.bytes().length,
                sequence.pseudoCode().lines().toList(),
                VectorForm.of(sequence).vector().pseudoCode().lines().toList(),
                code.labels(),
                code.lines().stream()
                        .filter(line -> line.bytes().length > 0)
                        .map(line ->
                                new Line(
                                        line.offset(),
                                        HEX.formatHex(line.bytes()),
                                        line.text(),
                                        line.origin()))
                        .toList());
    }

    /** {@return the names of the labels at an offset, in alphabetical order} */
    List<String> labelsAt(int offset) {
        return labels.entrySet().stream()
                .filter(label -> label.getValue() == offset)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** {@return the listing as text for people, with pseudo-code, bytes and mnemonics} */
    public String render() {
        return String.join("\n", pseudoCode)
                + "\n\nAs an operation vector, "
                + String.join("\n", operationVector)
                + "\n\n"
                + String.format(
                        Locale.ROOT,
                        "%s, index %s, stride %,d bytes, %d ranges, struct rseq at thread pointer"
                                + " %+d: %d bytes%n%n",
                        architecture,
                        index,
                        strideBytes,
                        ranges,
                        areaOffset,
                        sizeBytes)
                + table();
    }

    private String table() {
        Table table = new Table("rlll");
        for (Line line : lines) {
            labelsAt(line.offset).forEach(label -> table.heading(label + ":"));
            addLine(table, line);
        }
        return table.render(2);
    }

    /** Long data, such as the descriptor, takes several rows. */
    private static void addLine(Table table, Line line) {
        List<String> bytes = List.of(line.bytes.split(" "));
        for (int from = 0; from < bytes.size(); from += BYTES_PER_LINE) {
            int to = Math.min(from + BYTES_PER_LINE, bytes.size());
            table.row(
                    String.format(Locale.ROOT, "%04x", line.offset + from),
                    String.join(" ", bytes.subList(from, to)),
                    from == 0 ? line.mnemonic : "",
                    from == 0 && !line.pseudoCode.isEmpty() ? "; " + line.pseudoCode : "");
        }
    }
}
