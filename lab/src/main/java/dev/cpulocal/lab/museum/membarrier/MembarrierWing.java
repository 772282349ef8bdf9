// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class MembarrierWing {

    private MembarrierWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(
                Mb01.exhibit(),
                Mb02.exhibit(),
                Mb03.exhibit(),
                Mb04.exhibit(),
                Mb05.exhibit(),
                Mb06.exhibit(),
                Mb07.exhibit(),
                Mb08.exhibit(),
                Mb09.exhibit(),
                Mb10.exhibit(),
                Mb11.exhibit(),
                Mb12.exhibit(),
                Mb13.exhibit(),
                Mb14.exhibit(),
                Mb15.exhibit(),
                Mb16.exhibit(),
                Mb18.exhibit(),
                Mb19.exhibit(),
                Mb20.exhibit(),
                Mb21.exhibit(),
                BarrierTable.exhibit());
    }
}
