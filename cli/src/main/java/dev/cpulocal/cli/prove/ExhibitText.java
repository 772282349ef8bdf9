// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.lab.museum.Claim;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** What is told about an entry of the museum, as text for people. */
public final class ExhibitText {

    private static final int WIDTH = 100;
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private ExhibitText() {}

    /** {@return the lines, ended: story, who said what, and what became of claims} */
    public static String render(Exhibit exhibit) {
        StringJoiner text = new StringJoiner("\n", "", "\n");
        text.add(exhibit.id() + "  " + exhibit.scenario().title());
        text.add(exhibit.area().title() + "; kernels: " + exhibit.kernels());
        text.add("");
        wrap(exhibit.scenario().text(), "").forEach(text::add);
        for (Statement statement : exhibit.statements()) {
            text.add("");
            lines(exhibit, statement).forEach(text::add);
        }
        text.add("");
        wrap("Bounds: " + exhibit.bounds(), "").forEach(text::add);
        return text + "\n";
    }

    private static List<String> lines(Exhibit exhibit, Statement statement) {
        List<String> lines = new ArrayList<>(wrap(head(statement), ""));
        lines.addAll(wrap(quoted(statement), "  "));
        exhibit.claims().stream()
                .filter(claim -> claim.statement().equals(statement))
                .forEach(claim -> lines.addAll(wrap(answer(claim), "  ")));
        return lines;
    }

    private static String head(Statement statement) {
        String who =
                String.join(
                        ", ",
                        List.of(statement.author(), statement.date(), statement.source()).stream()
                                .filter(part -> !part.isEmpty())
                                .toList());
        return "[" + statement.provenance().title() + "]" + (who.isEmpty() ? "" : " " + who + ":");
    }

    private static String quoted(Statement statement) {
        return switch (statement.provenance()) {
            case QUOTATION -> "\"" + statement.text() + "\"";
            case HISTORY, UNCHECKED, DERIVATION -> statement.text();
        };
    }

    private static String answer(Claim claim) {
        return claim.outcome() + " by \"" + claim.variant() + "\": " + claim.because();
    }

    private static List<String> wrap(String text, String indentation) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(indentation);
        for (String word : BLANKS.splitAsStream(text).toList()) {
            if (line.length() > indentation.length() && line.length() + word.length() >= WIDTH) {
                lines.add(line.toString());
                line.setLength(indentation.length());
            }
            line.append(line.length() > indentation.length() ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
