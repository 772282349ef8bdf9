// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class MemorySizeTest {

    private final MemorySize converter = new MemorySize();

    @Test
    void readsEveryUnit() {
        assertEquals(1024, converter.convert("1k"));
        assertEquals(512L << 20, converter.convert("512m"));
        assertEquals(3L << 30, converter.convert("3g"));
    }

    @Test
    void refusesEverythingElse() {
        for (String wrong : List.of("", "g", "10", "-1g", "1.5g", "1 g", "1t", "9999999999k")) {
            assertThrows(
                    TypeConversionException.class, () -> converter.convert(wrong), () -> wrong);
        }
    }
}
