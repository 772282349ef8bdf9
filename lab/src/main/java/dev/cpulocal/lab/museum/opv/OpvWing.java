// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class OpvWing {

    private OpvWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(
                Opv01.exhibit(),
                Opv02.exhibit(),
                Opv03.exhibit(),
                Opv04.exhibit(),
                Opv05.exhibit(),
                Opv06.exhibit());
    }
}
