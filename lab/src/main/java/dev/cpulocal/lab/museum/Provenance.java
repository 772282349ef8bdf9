// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

/** How a statement is known to be true. */
public enum Provenance {
    /** Somebody's words, as they stand in the source. */
    QUOTATION("said"),
    /** What a commit message, a mail or a source file says, in our words; read there. */
    HISTORY("history"),
    /** Commonly told, and not found in a source that was read. */
    UNCHECKED("not checked"),
    /** Our own conclusion from the code; nobody is known to have said it. */
    DERIVATION("our derivation");

    private final String title;

    Provenance(String title) {
        this.title = title;
    }

    /** {@return a word or two for it} */
    public String title() {
        return title;
    }
}
