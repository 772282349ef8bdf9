// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/** A file breaks the rules of the format. */
public final class Malformed extends LitmusException {
    private static final long serialVersionUID = 1;

    /**
     * What is wrong.
     *
     * @param file the file
     * @param line the number of the line, from 1
     * @param construct the piece of text that is meant
     * @param reason what is wrong, with what was expected
     */
    public Malformed(String file, int line, String construct, String reason) {
        super(file, line, construct, reason);
    }
}
