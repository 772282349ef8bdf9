// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is in a cell: labels, and perhaps an instruction.
 *
 * @param cell the cell
 * @param labels the labels before the instruction
 * @param mnemonic the first word of the instruction, in capitals; empty if there is none
 * @param operands what follows, cut at the commas that are in no brackets
 */
public record Statement(Section cell, List<String> labels, String mnemonic, List<String> operands) {

    private static final Pattern LABEL = Pattern.compile("\\s*([A-Za-z_.$][\\w.$]*)\\s*:");
    private static final Pattern WORD = Pattern.compile("\\s*([A-Za-z_][\\w.]*)");

    /**
     * Reads a cell.
     *
     * @throws Malformed if what follows the labels is no instruction
     */
    public static Statement of(Section cell) {
        String text = cell.text();
        List<String> labels = new ArrayList<>();
        Matcher label = LABEL.matcher(text);
        int at = 0;
        while (label.region(at, text.length()).lookingAt()) {
            labels.add(label.group(1));
            at = label.end();
        }
        if (text.substring(at).isBlank()) {
            return new Statement(cell, labels, "", List.of());
        }
        Matcher word = WORD.matcher(text).region(at, text.length());
        if (!word.lookingAt()) {
            throw cell.malformed("no instruction begins so");
        }
        return new Statement(
                cell,
                labels,
                word.group(1).toUpperCase(Locale.ROOT),
                operands(text.substring(word.end())));
    }

    private static List<String> operands(String text) {
        List<String> operands = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth +=
                    c == '[' || c == '(' || c == '{'
                            ? 1
                            : c == ']' || c == ')' || c == '}' ? -1 : 0;
            if (c == ',' && depth == 0) {
                operands.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        String last = text.substring(from).strip();
        if (!last.isEmpty() || !operands.isEmpty()) {
            operands.add(last);
        }
        return List.copyOf(operands);
    }

    /** {@return whether there is no instruction} */
    public boolean isEmpty() {
        return mnemonic.isEmpty();
    }

    /** {@return the instruction without its labels, for traces} */
    public String text() {
        return mnemonic + (operands.isEmpty() ? "" : " " + String.join(",", operands));
    }

    /** {@return an operand} */
    public String operand(int index) {
        if (index >= operands.size() || operands.get(index).isEmpty()) {
            throw malformed("operand " + (index + 1) + " is missing");
        }
        return operands.get(index);
    }

    /** Checks the number of operands. */
    public void expectOperands(int count) {
        if (operands.size() != count) {
            throw malformed(operands.size() + " operands (expected: " + count + ")");
        }
    }

    /** {@return an error: this is no instruction} */
    public Malformed malformed(String reason) {
        return cell.malformed(reason);
    }

    /** {@return an error: this instruction is outside the fragment} */
    public Refusal refusal(String reason) {
        return cell.refusal(reason);
    }
}
