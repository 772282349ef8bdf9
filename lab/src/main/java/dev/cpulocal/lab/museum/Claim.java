// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

/**
 * Something that somebody said about the code, and what the checker says of it.
 *
 * @param statement the claim
 * @param outcome whether it is right
 * @param variant the name of the variant that decides it
 * @param because a sentence or two: what in that variant's verdict shows it
 */
public record Claim(Statement statement, Outcome outcome, String variant, String because) {

    /** The three answers. */
    public enum Outcome {
        /** It is right. */
        CONFIRMED,
        /** It is wrong. */
        REFUTED,
        /** It is right where the reason says, and wrong elsewhere. */
        DEPENDS
    }
}
