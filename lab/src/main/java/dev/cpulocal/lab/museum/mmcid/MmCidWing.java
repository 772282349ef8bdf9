// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class MmCidWing {

    private MmCidWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(
                Cid01.exhibit(),
                Cid02.exhibit(),
                Cid03.exhibit(),
                Cid04.exhibit(),
                Cid05.exhibit(),
                Cid07.exhibit(),
                Cid08.exhibit());
    }
}
