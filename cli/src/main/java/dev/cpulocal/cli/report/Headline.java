// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

/**
 * A finding that stands at the top of the page and on the terminal.
 *
 * @param kind how it is to be taken
 * @param badge the word beside it
 * @param text the finding
 */
public record Headline(Kind kind, String badge, String text) {

    /** How something is to be taken; the style sheet has a class for each. */
    public enum Kind {
        /** As it should be. */
        GOOD("good"),
        /** A failure. */
        BAD("bad"),
        /** It works, but not as it could. */
        UNSURE("unsure"),
        /** Neither good nor bad. */
        FACT("fact");

        private final String style;

        Kind(String style) {
            this.style = style;
        }

        @Override
        public String toString() {
            return style;
        }
    }
}
