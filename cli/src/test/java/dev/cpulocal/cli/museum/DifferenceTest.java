// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.ProgramText.Kind;
import dev.cpulocal.lab.ProgramText.Line;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DifferenceTest {

    private static List<Line> lines(String... texts) {
        return IntStream.range(0, texts.length)
                .mapToObj(i -> new Line(i, 0, texts[i], List.of(), Kind.OTHER, false))
                .toList();
    }

    private static String text(@Nullable Line line) {
        return line == null ? "" : line.text();
    }

    private static List<String> rows(Difference difference) {
        return difference.rows().stream()
                .map(row -> text(row.left()) + "|" + text(row.right()))
                .toList();
    }

    @Test
    void setsEqualLinesOppositeEachOther() {
        Difference difference = Difference.of(lines("a", "b", "c"), lines("a", "c", "d"));

        assertEquals(List.of("a|a", "b|", "c|c", "|d"), rows(difference));
        assertEquals(2, difference.size());
        assertEquals(0, Difference.of(lines("a"), lines("a")).size());
    }

    @Test
    void knowsWhatIsMissingAndWhatIsNew() {
        Difference difference = Difference.of(lines("a", "b", "c"), lines("a", "c", "d"));

        assertEquals(List.of(), difference.missingBefore(0));
        assertEquals(List.of("b"), difference.missingBefore(1).stream().map(Line::text).toList());
        assertEquals(
                List.of("z"),
                Difference.of(lines("a", "z"), lines("a")).missingBefore(1).stream()
                        .map(Line::text)
                        .toList());
        assertFalse(difference.isNew(1));
        assertTrue(difference.isNew(2));
    }

    @Test
    void theNumbersOfRegistersAreNoDifference() {
        assertEquals(0, Difference.of(lines("x = r1"), lines("x = r12")).size());
        assertEquals(2, Difference.of(lines("x = r1"), lines("x = rr")).size());
    }

    @Test
    void anotherIndentationIsNone() {
        Line indented = new Line(0, 1, "a", List.of("f"), Kind.OTHER, false);

        assertEquals(0, Difference.of(lines("a"), List.of(indented)).size());
    }
}
