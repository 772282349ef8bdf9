// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

/** Checks how large a model is to be. */
final class Sizes {

    private Sizes() {}

    /** {@return the value} */
    static int atLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + least + " or more)");
        }
        return value;
    }
}
