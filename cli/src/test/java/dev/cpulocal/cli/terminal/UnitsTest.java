// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnitsTest {

    @Test
    void numbersHaveAboutThreeDigits() {
        assertEquals("0.00", Units.digits(0));
        assertEquals("2.84", Units.digits(2.844));
        assertEquals("9.99", Units.digits(9.994));
        assertEquals("10.0", Units.digits(9.996));
        assertEquals("28.4", Units.digits(28.44));
        assertEquals("100", Units.digits(99.96));
        assertEquals("-284", Units.digits(-284.4));
    }

    @Test
    void timesChooseTheirUnit() {
        assertEquals("12.0 ns", Units.nanos(12));
        assertEquals("1.50 us", Units.nanos(1_500));
        assertEquals("12.3 ms", Units.nanos(12_345_678));
        assertEquals("2.50 s", Units.nanos(2.5e9));
    }

    @Test
    void countsAreGroupedInEveryLocale() {
        assertEquals("1,234,567", Units.count(1_234_567));
        assertEquals("0", Units.count(0));
    }

    @Test
    void memoryChoosesItsUnit() {
        assertEquals("1023 bytes", Units.bytes(1023));
        assertEquals("1.00 KiB", Units.bytes(1024));
        assertEquals("1.50 MiB", Units.bytes(3 << 19));
        assertEquals("24.0 GiB", Units.bytes(24L << 30));
    }

    @Test
    void waitingIsRoundedToSeconds() {
        assertEquals("0 s", Units.wait(Duration.ofMillis(-5)));
        assertEquals("1 s", Units.wait(Duration.ofMillis(500)));
        assertEquals("1 min 05 s", Units.wait(Duration.ofMillis(64_800)));
        assertEquals("61 min 00 s", Units.wait(Duration.ofMinutes(61)));
    }
}
