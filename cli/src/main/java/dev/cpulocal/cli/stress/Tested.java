// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

/** What is put under stress. */
public enum Tested {
    /** The library. */
    REAL,
    /** Imitations that read, wait and write: they lose updates. */
    BROKEN,
    /** A process that dies in the middle. */
    DYING
}
