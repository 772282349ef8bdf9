// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import java.io.Serial;

/** The user asked for something that does not exist or cannot be; the message is for them. */
public final class UsageException extends RuntimeException {

    @Serial private static final long serialVersionUID = 1;

    /**
     * Makes one.
     *
     * @param message one sentence that says what is wrong and what would be right
     */
    public UsageException(String message) {
        super(message);
    }
}
