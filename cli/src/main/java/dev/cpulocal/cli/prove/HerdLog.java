// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What herd printed about tests.
 *
 * @param file the log
 * @param tests in the order of the log
 */
public record HerdLog(String file, List<Recorded> tests) {

    private static final Pattern TEST = Pattern.compile("Test (\\S+) \\S+.*");
    private static final Pattern STATES = Pattern.compile("States (\\d{1,9})");
    private static final Pattern NUMBER = Pattern.compile("-?(0x[0-9a-f]{1,16}|[0-9]{1,18})");

    /**
     * What is recorded of a test.
     *
     * @param name the name of the test
     * @param states the lines of its final states, each by its {@link #normal} form
     * @param ok whether the answer is Ok; else it is No
     */
    public record Recorded(String name, Map<String, String> states, boolean ok) {

        static Recorded of(String name, Collection<String> lines, boolean ok) {
            Map<String, String> states = new TreeMap<>();
            lines.forEach(line -> states.put(normal(line), line));
            return new Recorded(name, states, ok);
        }

        boolean agreesWith(Recorded other) {
            return states.keySet().equals(other.states.keySet()) && ok == other.ok;
        }
    }

    /**
     * {@return the tests of a log that are there from beginning to end}
     *
     * @throws UsageException if the file cannot be read, or has no tests
     */
    public static HerdLog read(Path file) {
        try {
            HerdLog log =
                    of(file.toString(), Files.readAllLines(file, StandardCharsets.ISO_8859_1));
            if (!log.tests.isEmpty()) {
                return log;
            }
        } catch (IOException e) {
            throw new UsageException(
                    "--expect: " + file + " cannot be read (expected: a log of herd)");
        }
        throw new UsageException("--expect: " + file + " has no tests (expected: a log of herd)");
    }

    static HerdLog of(String file, List<String> lines) {
        List<Recorded> tests = new ArrayList<>();
        for (int i = 0; i + 1 < lines.size(); i++) {
            Matcher test = TEST.matcher(lines.get(i));
            Matcher states = STATES.matcher(lines.get(i + 1));
            if (test.matches() && states.matches()) {
                int first = i + 2;
                int end = first + Integer.parseInt(states.group(1));
                String answer = end < lines.size() ? lines.get(end).strip() : "";
                if (answer.equals("Ok") || answer.equals("No")) {
                    List<String> recorded = lines.subList(first, end);
                    tests.add(Recorded.of(test.group(1), recorded, answer.equals("Ok")));
                }
            }
        }
        return new HerdLog(file, tests);
    }

    /** {@return the line of a final state, in one order and notation} */
    static String normal(String line) {
        Map<String, String> values = new TreeMap<>();
        List<String> rest = new ArrayList<>();
        for (String part : line.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                values.put(place(part.substring(0, equals)), value(part.substring(equals + 1)));
            } else if (!part.isBlank()) {
                rest.add(part.strip());
            }
        }
        Collections.sort(rest);
        return values + String.join(";", rest);
    }

    private static String place(String text) {
        String place = text.strip();
        return place.startsWith("[") && place.endsWith("]")
                ? place.substring(1, place.length() - 1)
                : place;
    }

    private static String value(String text) {
        String value = text.strip();
        if (!NUMBER.matcher(value).matches()) {
            return value;
        }
        boolean negative = value.startsWith("-");
        String digits = negative ? value.substring(1) : value;
        long number =
                digits.startsWith("0x")
                        ? Long.parseUnsignedLong(digits.substring(2), 16)
                        : Long.parseLong(digits);
        return Long.toString(negative ? -number : number);
    }
}
