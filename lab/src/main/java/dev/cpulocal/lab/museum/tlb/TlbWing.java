// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class TlbWing {

    private TlbWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(
                Tlb01.exhibit(),
                Tlb02.exhibit(),
                Tlb03.exhibit(),
                Tlb04.exhibit(),
                Tlb05.exhibit(),
                Tlb06.exhibit(),
                Tlb07.exhibit(),
                Tlb09.exhibit(),
                Tlb10.exhibit(),
                Tlb12.exhibit(),
                Tlb13.exhibit(),
                Tlb14.exhibit());
    }
}
