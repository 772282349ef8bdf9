// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/**
 * A piece of a file that knows where it comes from.
 *
 * @param file the file
 * @param line the number of the line on which it begins, from 1
 * @param text the text
 */
public record Section(String file, int line, String text) {

    /** {@return the piece from an offset up to another one} */
    public Section part(int from, int to) {
        return new Section(file, lineAt(from), text.substring(from, to));
    }

    /** {@return the number of the line that an offset is on} */
    public int lineAt(int offset) {
        int at = line;
        for (int i = 0; i < offset; i++) {
            if (text.charAt(i) == '\n') {
                at++;
            }
        }
        return at;
    }

    /** {@return the same without blanks at both ends} */
    public Section strip() {
        int from = 0;
        int to = text.length();
        while (from < to && Character.isWhitespace(text.charAt(from))) {
            from++;
        }
        while (from < to && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        return part(from, to);
    }

    /** {@return whether there is nothing but blanks} */
    public boolean isBlank() {
        return text.isBlank();
    }

    /** {@return an error: all of this breaks the rules} */
    public Malformed malformed(String reason) {
        return malformed(text.strip(), reason);
    }

    /** {@return an error: something that begins here breaks the rules} */
    public Malformed malformed(String construct, String reason) {
        return new Malformed(file, strip().line, construct, reason);
    }

    /** {@return an error: all of this is outside the fragment} */
    public Refusal refusal(String reason) {
        return refusal(text.strip(), reason);
    }

    /** {@return an error: something that begins here is outside the fragment} */
    public Refusal refusal(String construct, String reason) {
        return new Refusal(file, strip().line, construct, reason);
    }
}
