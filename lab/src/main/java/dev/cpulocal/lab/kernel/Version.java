// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

/** The two forms that the kernel's part of rseq has had. */
public enum Version {
    /** Up to Linux 6.18: events are noted in a mask, and looked at on the way to user mode. */
    CLASSIC("Linux 6.18"),
    /** From Linux 6.19: a section ends if user mode was interrupted and then switched away from. */
    GENERIC_ENTRY("Linux 6.19");

    private final String title;

    Version(String title) {
        this.title = title;
    }

    /** {@return the last or first release that has it} */
    public String title() {
        return title;
    }
}
