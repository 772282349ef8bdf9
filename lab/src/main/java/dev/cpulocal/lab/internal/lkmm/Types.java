// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.Set;

/** The names of types. They change nothing: every variable holds a number or an address. */
final class Types {

    private static final Set<String> WORDS =
            Set.of(
                    "int",
                    "long",
                    "short",
                    "char",
                    "unsigned",
                    "signed",
                    "void",
                    "volatile",
                    "const",
                    "struct",
                    "bool",
                    "static",
                    "atomic_int");

    private Types() {}

    /** {@return whether the next token begins a type} */
    static boolean begin(CTokens tokens) {
        return isType(tokens.peek());
    }

    private static boolean isType(CTokens.Token token) {
        return token.kind() == CTokens.Kind.NAME
                && (WORDS.contains(token.text()) || token.text().endsWith("_t"));
    }

    /** Takes a type. */
    static void skip(CTokens tokens) {
        while (begin(tokens)) {
            if (tokens.take().text().equals("struct")) {
                tokens.expectName("the name of a structure");
            }
        }
        skipStars(tokens);
    }

    /** Takes the stars between a type and a name. */
    static void skipStars(CTokens tokens) {
        while (tokens.at("*") || tokens.at("const") || tokens.at("volatile")) {
            tokens.take();
        }
    }
}
