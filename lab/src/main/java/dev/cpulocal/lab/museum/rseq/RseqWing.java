// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class RseqWing {

    private RseqWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(
                Rs01.exhibit(),
                Rs02.exhibit(),
                Rs03.exhibit(),
                Rs04.exhibit(),
                Rs05.exhibit(),
                Rs06.exhibit(),
                Rs07.exhibit(),
                Rs08.exhibit(),
                Rs11.exhibit(),
                Rs12.exhibit(),
                Rs13.exhibit(),
                Rs14.exhibit(),
                Rs15.exhibit());
    }
}
