// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Asserts what is thrown and that its message says what is wrong. */
public final class Thrown {

    private Thrown() {}

    public static void assertThrown(
            Class<? extends Throwable> type, String inMessage, Executable executable) {
        String message = String.valueOf(assertThrows(type, executable).getMessage());
        assertTrue(message.contains(inMessage), "\"" + inMessage + "\" is not in: " + message);
    }
}
