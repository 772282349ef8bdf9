// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A litmus file cut into its sections: {@code ARCHITECTURE NAME}, perhaps a line in quotes and
 * lines {@code key=value}, the initial state in braces, the threads, and what is asked of final
 * states.
 *
 * @param file the file
 * @param head the first line
 * @param architecture the first word
 * @param name the name of the test
 * @param info the lines {@code key=value}
 * @param init what is between the braces
 * @param body the threads, with their heads
 * @param question what follows; blank if nothing does
 */
public record LitmusSource(
        String file,
        Section head,
        String architecture,
        String name,
        Map<String, Section> info,
        Section init,
        Section body,
        Section question) {

    private static final Pattern HEAD =
            Pattern.compile(
                    "\\s*(?<architecture>\\w+)[ \\t]+(?<name>[^\\s{]+)[^\\n\"{]*(\\n?[ \\t]*\"[^\"]*\")?");
    private static final Pattern INFO =
            Pattern.compile("\\n[ \\t]*(?<key>\\w[\\w/.-]*)[ \\t]*=[ \\t]*(?<value>[^\\r\\n]*)");
    private static final Pattern QUESTION =
            Pattern.compile(
                    "\"[^\"\\n]*\"|(?<![\\w/.-])(?<word>exists|forall|final|locations|filter|[Oo]bserved)"
                            + "(?![\\w/.-])|(?<not>~[ \\t]*exists)(?![\\w/.-])");

    /**
     * Cuts.
     *
     * @param file what messages call the file
     * @param text what is in it
     * @throws Malformed if a section is missing
     */
    public static LitmusSource of(String file, String text) {
        Section whole = new Section(file, 1, text);
        Matcher head = HEAD.matcher(text);
        if (!head.lookingAt()) {
            throw whole.part(0, firstLineEnd(text))
                    .malformed("no test begins so (expected: the architecture and the name)");
        }
        boolean isC = head.group("architecture").equals("C");
        Map<String, Section> info = new HashMap<>();
        int open = readInfo(whole, head.end(), info);
        Section rest = whole.part(open, text.length());
        Section code = isC ? rest : Comments.blank(rest);
        int close = closingBrace(code);
        Section init = Comments.blank(code.part(1, close));
        int question = questionStart(code.text(), close + 1);
        return new LitmusSource(
                file,
                whole.part(0, firstLineEnd(text)),
                head.group("architecture"),
                head.group("name").replaceFirst("\\.litmus$", ""),
                info,
                init,
                code.part(close + 1, question),
                question(code, question));
    }

    private static int firstLineEnd(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text.length() : end;
    }

    /** {@return where the initial state begins} */
    private static int readInfo(Section whole, int from, Map<String, Section> info) {
        String text = whole.text();
        Matcher line = INFO.matcher(text);
        int at = from;
        while (at < text.length() && text.charAt(at) != '{') {
            int end = text.startsWith("(*", at) ? Comments.end(text, at) : -1;
            if (end > 0) {
                at = end;
            } else if (line.region(at, text.length()).lookingAt()) {
                info.putIfAbsent(
                        line.group("key"),
                        whole.part(line.start("value"), line.end("value")).strip());
                at = line.end();
            } else {
                at++;
            }
        }
        if (at == text.length()) {
            throw whole.part(0, firstLineEnd(text))
                    .malformed("no initial state follows (expected: { … }, even if empty)");
        }
        return at;
    }

    private static int closingBrace(Section code) {
        int depth = 0;
        for (int i = 0; i < code.text().length(); i++) {
            char c = code.text().charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw code.malformed("{", "the initial state has no end (expected: })");
    }

    private static int questionStart(String text, int from) {
        Matcher matcher = QUESTION.matcher(text);
        int at = from;
        while (matcher.find(at)) {
            if (matcher.group("word") != null || matcher.group("not") != null) {
                return matcher.start();
            }
            at = matcher.end();
        }
        return text.length();
    }

    private static Section question(Section code, int from) {
        Section question = Comments.blank(code.part(from, code.text().length()));
        int end = question.text().indexOf("<<");
        return end < 0 ? question : question.part(0, end);
    }
}
