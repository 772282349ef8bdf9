// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import org.jspecify.annotations.Nullable;

/** Something that a CPU does and others can notice: an access of memory, or an interrupt. */
final class Event {

    /** When what never happens is done. */
    static final int NEVER = Integer.MAX_VALUE;

    final int cpu;

    /** The step that executes it. */
    final int executed;

    /** Where in memory; empty for interrupts. */
    final String place;

    /** What it does, as the trace says it. */
    String text;

    @Nullable Long read;
    @Nullable Long written;

    /** The steps that perform its read and its write. */
    int readAt = NEVER;

    int writtenAt = NEVER;

    /** The step that executed the store it reads from; -1 if it reads what was there at first. */
    int from = -1;

    /** The step that lets it happen; -1 if none does. */
    int cause = -1;

    Event(int cpu, int executed, String place, String text) {
        this.cpu = cpu;
        this.executed = executed;
        this.place = place;
        this.text = text;
    }

    boolean reads() {
        return read != null;
    }

    boolean writes() {
        return written != null;
    }

    /** {@return the step that performs what it does first} */
    int first() {
        return Math.min(readAt, writtenAt);
    }

    /** {@return the step that performs the last of it} */
    int last() {
        return writes() ? writtenAt : readAt;
    }
}
