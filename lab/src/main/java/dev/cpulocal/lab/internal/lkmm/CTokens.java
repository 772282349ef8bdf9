// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Malformed;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.litmus.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and signs of C, read one after the other. */
final class CTokens {

    /** What a token is. */
    enum Kind {
        NUMBER,
        NAME,
        SIGN,
        END
    }

    /**
     * A word or sign.
     *
     * @param kind what it is
     * @param text how it is written
     * @param line the number of its line
     */
    record Token(Kind kind, String text, int line) {}

    private static final Pattern TOKEN =
            Pattern.compile(
                    "(?<BLANK>\\s+|//[^\\n]*|(?s:/\\*.*?\\*/))"
                            + "|(?<NUMBER>0[xX][0-9a-fA-F]+|\\d+)"
                            + "|(?<NAME>[A-Za-z_]\\w*)"
                            + "|(?<SIGN>==|!=|<=|>=|&&|\\|\\||\\+\\+|--|->|<<|>>|[-+*/&|^!~=<>]=?"
                            + "|[\\[\\](){};:,.?%])");

    private final Section section;
    private final List<Token> tokens = new ArrayList<>();
    private int next;

    /**
     * Reads all.
     *
     * @throws Malformed if a character begins no token
     */
    CTokens(Section section) {
        this.section = section;
        String text = section.text();
        Matcher matcher = TOKEN.matcher(text);
        int line = section.line();
        for (int at = 0; at < text.length(); at = matcher.end()) {
            if (!matcher.region(at, text.length()).lookingAt()) {
                throw new Malformed(
                        section.file(), line, text.substring(at, at + 1), "no word of C begins so");
            }
            if (matcher.group("BLANK") == null) {
                tokens.add(new Token(kind(matcher), matcher.group(), line));
            }
            line += (int) matcher.group().chars().filter(c -> c == '\n').count();
        }
        tokens.add(new Token(Kind.END, "end of the threads", line));
    }

    private static Kind kind(Matcher matcher) {
        if (matcher.group("NUMBER") != null) {
            return Kind.NUMBER;
        }
        return matcher.group("NAME") != null ? Kind.NAME : Kind.SIGN;
    }

    /** {@return the next token, which stays the next} */
    Token peek() {
        return peek(0);
    }

    /** {@return the token so many after the next one} */
    Token peek(int ahead) {
        return tokens.get(Math.min(next + ahead, tokens.size() - 1));
    }

    /** {@return the next token} */
    Token take() {
        Token token = peek();
        next = Math.min(next + 1, tokens.size() - 1);
        return token;
    }

    /** {@return whether the next token is this sign or word} */
    boolean at(String text) {
        return peek().text.equals(text) && !atEnd();
    }

    /** {@return whether there is no token left} */
    boolean atEnd() {
        return peek().kind == Kind.END;
    }

    /** {@return whether the next token is this sign or word; then it is taken} */
    boolean skip(String text) {
        boolean at = at(text);
        if (at) {
            take();
        }
        return at;
    }

    /** Takes a sign or word that must come now. */
    void expect(String text) {
        if (!skip(text)) {
            throw malformed(peek(), "(expected: " + text + ")");
        }
    }

    /** {@return a name, which must come now} */
    String expectName(String what) {
        if (peek().kind != Kind.NAME) {
            throw malformed(peek(), "(expected: " + what + ")");
        }
        return take().text;
    }

    /** {@return an error: a token is wrong} */
    Malformed malformed(Token token, String reason) {
        return new Malformed(section.file(), token.line, token.text, reason);
    }

    /** {@return an error: a token is outside the fragment} */
    Refusal refusal(Token token, String reason) {
        return new Refusal(section.file(), token.line, token.text, reason);
    }
}
