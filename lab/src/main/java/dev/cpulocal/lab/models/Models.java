// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

import dev.cpulocal.lab.Scenario;
import java.util.List;

/** The algorithms, each with its variants at a small size. */
public final class Models {

    private Models() {}

    /** {@return all of them, by id} */
    public static List<Scenario> all() {
        return List.of(
                Peterson.scenario(), StoreRing.scenario(), TicketLock.scenario(), Urcu.scenario());
    }
}
