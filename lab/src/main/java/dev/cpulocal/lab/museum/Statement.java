// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

/**
 * Something that is told about a bug.
 *
 * @param provenance how it is known
 * @param author whose words or work it is; empty if ours or unknown
 * @param date when, as precisely as known: {@code 16 July 2020}; empty if unknown
 * @param source where it stands: a mail's subject and list, a commit, a file with its version;
 *     empty if ours
 * @param text what is told; of a quotation the words themselves, with nothing changed but
 *     omissions, marked {@code […]}
 */
public record Statement(
        Provenance provenance, String author, String date, String source, String text) {

    /** Checks that a quotation has an author and that everything but our own has a source. */
    public Statement {
        boolean ours = provenance == Provenance.DERIVATION;
        if (text.isBlank()
                || (provenance == Provenance.QUOTATION && (author.isBlank() || date.isBlank()))
                || (provenance != Provenance.UNCHECKED && ours != source.isBlank())) {
            throw new IllegalArgumentException(
                    "statement: " + text + " (expected: a text, with author, date and source)");
        }
    }
}
