// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/** A litmus file cannot be run; the message says where and why. */
public abstract sealed class LitmusException extends RuntimeException permits Malformed, Refusal {
    private static final long serialVersionUID = 1;

    private final String file;
    private final int line;
    private final String construct;
    private final String reason;

    LitmusException(String file, int line, String construct, String reason) {
        super(file + ":" + line + ": " + construct + ": " + reason);
        this.file = file;
        this.line = line;
        this.construct = construct;
        this.reason = reason;
    }

    /** {@return the file} */
    public String file() {
        return file;
    }

    /** {@return the number of the line, from 1} */
    public int line() {
        return line;
    }

    /** {@return the piece of text that is meant} */
    public String construct() {
        return construct;
    }

    /** {@return what is wrong with it} */
    public String reason() {
        return reason;
    }
}
