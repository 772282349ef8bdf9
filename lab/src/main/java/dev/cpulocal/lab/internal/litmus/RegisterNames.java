// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import org.jspecify.annotations.Nullable;

/** How an architecture names its registers in initial and final states. */
public interface RegisterNames {

    /** Local variables of C: any name, sorted by name. */
    RegisterNames C_LOCALS =
            new RegisterNames() {
                @Override
                public String canonical(String name) {
                    return name;
                }

                @Override
                public int compare(String left, String right) {
                    return left.compareTo(right);
                }
            };

    /** {@return the name that is printed for one that a file uses, or null if there is none} */
    @Nullable String canonical(String name);

    /** Compares two printed names: the order in which final states list them. */
    int compare(String left, String right);
}
