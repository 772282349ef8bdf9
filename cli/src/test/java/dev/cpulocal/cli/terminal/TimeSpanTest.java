// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class TimeSpanTest {

    private final TimeSpan converter = new TimeSpan();

    @Test
    void readsEveryUnit() {
        assertEquals(Duration.ofMillis(500), converter.convert("500ms"));
        assertEquals(Duration.ofSeconds(90), converter.convert("90s"));
        assertEquals(Duration.ofMinutes(2), converter.convert("2m"));
        assertEquals(Duration.ofHours(24), converter.convert("24h"));
    }

    @Test
    void refusesEverythingElse() {
        for (String wrong : List.of("", "s", "10", "-1s", "1.5s", "1 s", "1d", "9999999999s")) {
            assertThrows(
                    TypeConversionException.class, () -> converter.convert(wrong), () -> wrong);
        }
    }
}
