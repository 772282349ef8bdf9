// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void alignsColumnsAndLeavesNoBlanksAtTheEnd() {
        String text =
                new Table("lr").row("a", 1).row("bcd", 100).row("only").row("e", "").render(1);

        assertEquals(" a       1\n bcd   100\n only\n e\n", text);
    }

    @Test
    void headingsDoNotWidenColumns() {
        String text = new Table("ll").heading("a long heading").row("a", "b").render(0);

        assertEquals("a long heading\na  b\n", text);
    }

    @Test
    void refusesARowThatIsTooLong() {
        assertThrows(IllegalArgumentException.class, () -> new Table("l").row("a", "b"));
    }
}
