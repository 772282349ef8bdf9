// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and signs of an initial state or a question, read one after the other. */
final class Tokens {

    /** What a token is. */
    enum Kind {
        NUMBER,
        NAME,
        QUOTED,
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
                    "(?<NUMBER>0[xX][0-9a-fA-F]+|-?\\d+)"
                            + "|(?<NAME>[%$]?[A-Za-z_.](?:[\\w.-]|/(?!\\\\))*)"
                            + "|(?<QUOTED>(instr:|label:)?\"[^\"]*\"|`[^`]*`)"
                            + "|(?<SIGN>/\\\\|\\\\/|=>|==|!=|<>|[\\[\\](){};:,=~*&+<>])");

    private final Section section;
    private final List<Token> tokens = new ArrayList<>();
    private int next;

    /**
     * Reads all.
     *
     * @throws Malformed if a character begins no token
     */
    Tokens(Section section) {
        this.section = section;
        Matcher matcher = TOKEN.matcher(section.text());
        int at = 0;
        int line = section.line();
        while (at < section.text().length()) {
            char c = section.text().charAt(at);
            if (Character.isWhitespace(c)) {
                line += c == '\n' ? 1 : 0;
                at++;
                continue;
            }
            if (!matcher.region(at, section.text().length()).lookingAt()) {
                throw new Malformed(
                        section.file(), line, Character.toString(c), "no word begins so");
            }
            tokens.add(new Token(kind(matcher), matcher.group(), line));
            at = matcher.end();
        }
        tokens.add(new Token(Kind.END, "", line));
    }

    private static Kind kind(Matcher matcher) {
        for (Kind kind : List.of(Kind.NUMBER, Kind.NAME, Kind.QUOTED)) {
            if (matcher.group(kind.name()) != null) {
                return kind;
            }
        }
        return Kind.SIGN;
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
        return peek().text.equals(text) && peek().kind != Kind.QUOTED;
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
            throw malformed("(expected: " + text + ")");
        }
    }

    /** {@return the next token, which must be of a kind} */
    String expect(Kind kind, String what) {
        if (peek().kind != kind) {
            throw malformed("(expected: " + what + ")");
        }
        return take().text;
    }

    /** {@return an error: the next token is wrong} */
    Malformed malformed(String reason) {
        return new Malformed(section.file(), peek().line, shown(), reason);
    }

    /** {@return an error: a token is wrong} */
    Malformed malformed(Token token, String reason) {
        return new Malformed(section.file(), token.line, token.text, reason);
    }

    /** {@return an error: the next token is outside the fragment} */
    Refusal refusal(String reason) {
        return new Refusal(section.file(), peek().line, shown(), reason);
    }

    private String shown() {
        return atEnd() ? "end of section" : peek().text;
    }
}
