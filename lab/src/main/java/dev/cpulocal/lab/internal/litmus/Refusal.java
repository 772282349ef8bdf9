// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/**
 * A file keeps the rules of the format but asks for something outside the fragment that is covered.
 */
public final class Refusal extends LitmusException {
    private static final long serialVersionUID = 1;

    /**
     * What is not covered.
     *
     * @param file the file
     * @param line the number of the line, from 1
     * @param construct the piece of text that is meant
     * @param reason why it is not covered
     */
    public Refusal(String file, int line, String construct, String reason) {
        super(file, line, construct, reason);
    }
}
