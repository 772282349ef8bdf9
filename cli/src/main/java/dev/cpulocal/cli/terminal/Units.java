// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
public final class Units {

    private Units() {}

    /** {@return a whole number with its thousands apart, such as {@code 12,345}} */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@return a time with three digits, such as {@code 12.3 ms}} */
    public static String nanos(double nanos) {
        double magnitude = Math.abs(nanos);
        if (magnitude < 1e3) {
            return digits(nanos) + " ns";
        }
        if (magnitude < 1e6) {
            return digits(nanos / 1e3) + " us";
        }
        return magnitude < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }

    /** {@return a number with about three digits: 2.84, 28.4, 284} */
    public static String digits(double number) {
        double magnitude = Math.abs(number);
        int decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    /** {@return an amount of memory with three digits, such as {@code 12.3 MiB}} */
    public static String bytes(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " bytes";
        }
        if (bytes < 1 << 20) {
            return digits(bytes / (double) (1 << 10)) + " KiB";
        }
        return bytes < 1 << 30
                ? digits(bytes / (double) (1 << 20)) + " MiB"
                : digits(bytes / (double) (1 << 30)) + " GiB";
    }

    /** {@return a duration for somebody who waits, such as {@code 1 min 05 s}} */
    public static String wait(Duration duration) {
        long seconds = Math.max(0, (duration.toMillis() + 500) / 1000);
        return seconds < 60
                ? seconds + " s"
                : String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
}
