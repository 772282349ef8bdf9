// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

/** How an access is ordered with those of its own CPU around it. */
public enum Order {
    /** Not. */
    PLAIN,
    /** Before everything later; in order with earlier releases. */
    ACQUIRE,
    /** Before everything later; earlier releases may be overtaken (Arm's LDAPR). */
    ACQUIRE_PC,
    /** After everything earlier. */
    RELEASE,
    /** Acquire and release. */
    ACQUIRE_RELEASE,
    /** A full barrier on both sides. */
    FULL;

    /** {@return whether everything later comes after the read} */
    public boolean acquires() {
        return this == ACQUIRE || this == ACQUIRE_PC || this == ACQUIRE_RELEASE || this == FULL;
    }

    /** {@return whether everything earlier comes before the write} */
    public boolean releases() {
        return this == RELEASE || this == ACQUIRE_RELEASE || this == FULL;
    }
}
