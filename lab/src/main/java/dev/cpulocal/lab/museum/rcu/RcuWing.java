// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class RcuWing {

    private RcuWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(
                Sr01.exhibit(),
                Urcu01.exhibit(),
                Urcu02.exhibit(),
                Urcu03.exhibit(),
                Urcu04.exhibit(),
                Urcu06.exhibit());
    }
}
