// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.powerpc;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class PowerpcWing {

    private PowerpcWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(Ppc01.exhibit(), Ppc02.exhibit(), Ppc03.exhibit());
    }
}
