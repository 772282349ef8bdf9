// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.cpulocal.lab.internal.litmus.LitmusException;
import dev.cpulocal.lab.internal.litmus.Malformed;
import dev.cpulocal.lab.internal.litmus.Refusal;

/**
 * Why there is no answer to a litmus file.
 *
 * @param kind what is to blame
 * @param file the file
 * @param line the number of the line, from 1
 * @param construct the piece of text that is meant
 * @param reason what is wrong with it
 */
public record LitmusProblem(
        @JsonIgnore Kind kind, String file, int line, String construct, String reason)
        implements LitmusOutcome {

    /** What is to blame. */
    public enum Kind {
        /** The file is right, but asks for something that is not covered. */
        REFUSED,
        /** The file breaks the rules. */
        MALFORMED,
        /** Something happened that nobody foresaw. */
        UNEXPECTED
    }

    static LitmusProblem of(LitmusException e) {
        Kind kind =
                switch (e) {
                    case Refusal _ -> Kind.REFUSED;
                    case Malformed _ -> Kind.MALFORMED;
                };
        return new LitmusProblem(kind, e.file(), e.line(), e.construct(), e.reason());
    }

    static LitmusProblem of(String file, Throwable e) {
        return new LitmusProblem(Kind.UNEXPECTED, file, 1, "unexpected error", e.toString());
    }

    @Override
    public String toString() {
        return file + ":" + line + ": " + construct + ": " + reason;
    }
}
