// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.lab.museum.Claim;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Provenance;
import dev.cpulocal.lab.museum.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who said what about an entry, and what became of it, for templates. */
final class Told {

    private Told() {}

    /** {@return the statements, in the order of time} */
    static List<Map<String, Object>> statements(Exhibit exhibit) {
        return exhibit.statements().stream().map(one -> statement(exhibit, one)).toList();
    }

    private static Map<String, Object> statement(Exhibit exhibit, Statement statement) {
        Map<String, Object> values = new HashMap<>();
        values.put("kind", kind(statement.provenance()));
        values.put("word", statement.provenance().title());
        values.put("quotation", statement.provenance() == Provenance.QUOTATION);
        values.put("who", joined(statement.author(), statement.date()));
        values.put("source", statement.source());
        values.put("text", statement.text());
        values.put(
                "claims",
                exhibit.claims().stream()
                        .filter(claim -> claim.statement().equals(statement))
                        .map(Told::claim)
                        .toList());
        return values;
    }

    /** {@return a claim and its outcome} */
    static Map<String, Object> claim(Claim claim) {
        Map<String, Object> values = new HashMap<>();
        values.put("quote", claim.statement().text());
        values.put("who", joined(claim.statement().author(), claim.statement().date()));
        values.put("quotation", claim.statement().provenance() == Provenance.QUOTATION);
        values.put("word", claim.statement().provenance().title());
        values.put("outcome", claim.outcome().name().toLowerCase(Locale.ROOT));
        values.put("variant", claim.variant());
        values.put("row", "variant-" + Names.slug(claim.variant()));
        values.put("because", claim.because());
        return values;
    }

    private static String joined(String author, String date) {
        return author.isEmpty() || date.isEmpty() ? author + date : author + ", " + date;
    }

    private static String kind(Provenance provenance) {
        return provenance.name().toLowerCase(Locale.ROOT);
    }

    /** {@return what the kinds of statements mean} */
    static List<Map<String, Object>> legend() {
        return Arrays.stream(Provenance.values())
                .map(one ->
                        Map.<String, Object>of(
                                "kind", kind(one), "word", one.title(), "meaning", meaning(one)))
                .toList();
    }

    private static String meaning(Provenance provenance) {
        return switch (provenance) {
            case QUOTATION -> "somebody's words, as they stand in the source";
            case HISTORY -> "what a commit, a mail or a file says, in our words; read there";
            case UNCHECKED -> "commonly told, and found in no source that was read";
            case DERIVATION -> "our own conclusion; nobody is known to have said it";
        };
    }
}
