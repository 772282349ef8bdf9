// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import dev.cpulocal.lab.Scenario;
import java.util.List;

/** The entries of the museum. */
public final class Museum {

    private Museum() {}

    /** {@return all entries, by id} */
    public static List<Scenario> all() {
        return List.of(Fpu08.scenario(), Mb01.scenario(), Tlb07.scenario());
    }
}
