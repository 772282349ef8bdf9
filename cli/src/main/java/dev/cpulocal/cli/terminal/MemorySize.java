// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.terminal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads amounts of memory such as {@code 512m} and {@code 2g}, into bytes. */
public final class MemorySize implements ITypeConverter<Long> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([kmg])");

    @Override
    public Long convert(String value) {
        Matcher found = FORM.matcher(value);
        if (!found.matches()) {
            throw new TypeConversionException(value + " (expected: such as 512m or 2g)");
        }
        long number = Long.parseLong(found.group(1));
        return switch (found.group(2)) {
            case "k" -> number << 10;
            case "m" -> number << 20;
            default -> number << 30;
        };
    }
}
