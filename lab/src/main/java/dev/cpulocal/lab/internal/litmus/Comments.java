// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/** The comments of litmus files: between {@code (*} and {@code *)}, one within another too. */
final class Comments {
    private static final String OPEN = "(*";
    private static final String CLOSE = "*)";

    private Comments() {}

    /** {@return the text with blanks where comments were, and all line ends where they were} */
    static Section blank(Section source) {
        String text = source.text();
        StringBuilder blanked = new StringBuilder();
        int at = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
            int end = end(text, open);
            if (end < 0) {
                throw source.part(open, text.length()).malformed(OPEN, "this comment has no end");
            }
            blanked.append(text, at, open);
            blanked.append(text.substring(open, end).replaceAll("[^\\n]", " "));
            at = end;
        }
        blanked.append(text, at, text.length());
        return new Section(source.file(), source.line(), blanked.toString());
    }

    /** {@return where the comment that begins at an offset has ended, or -1} */
    static int end(String text, int from) {
        int depth = 0;
        int at = from;
        while (at < text.length()) {
            boolean opens = text.startsWith(OPEN, at);
            boolean closes = text.startsWith(CLOSE, at);
            depth += opens ? 1 : closes ? -1 : 0;
            at += opens || closes ? 2 : 1;
            if (depth == 0) {
                return at;
            }
        }
        return -1;
    }
}
