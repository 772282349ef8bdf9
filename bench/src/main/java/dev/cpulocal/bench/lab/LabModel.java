// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.lab;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.models.Peterson;
import dev.cpulocal.lab.models.StoreRing;
import dev.cpulocal.lab.models.TicketLock;
import dev.cpulocal.lab.models.Urcu;
import java.util.List;

/** What is checked, under x86-TSO, and how many states other tools say it has. */
enum LabModel {
    STORE_RING_4_1("store ring (4,1)", 1_154),
    STORE_RING_5_2("store ring (5,2)", 1_525_697),
    STORE_RING_8_1("store ring (8,1)", 1_331_714),
    STORE_RING_4_3("store ring (4,3)", 1_851_666),
    STORE_RING_5_2_FENCED("store ring (5,2), fenced", 227_117),
    TICKET_LOCK_6_2("ticket lock (6,2)", 1_439_901),
    PETERSON_3_5("Peterson (3,5)", 1_088_745),
    URCU_3_3("urcu (3,3)", 1_040_640);

    private final String label;
    private final long states;

    LabModel(String label, long states) {
        this.label = label;
        this.states = states;
    }

    /** {@return those that take long enough to be measured} */
    static List<LabModel> measured() {
        return List.of(values()).subList(1, values().length);
    }

    String label() {
        return label;
    }

    /** {@return how many states there are without reductions} */
    long states() {
        return states;
    }

    Model model() {
        return switch (this) {
            case STORE_RING_4_1 -> new StoreRing(4, 1, false).counted();
            case STORE_RING_5_2 -> new StoreRing(5, 2, false).counted();
            case STORE_RING_8_1 -> new StoreRing(8, 1, false).counted();
            case STORE_RING_4_3 -> new StoreRing(4, 3, false).counted();
            case STORE_RING_5_2_FENCED -> new StoreRing(5, 2, true).counted();
            case TICKET_LOCK_6_2 -> new TicketLock(6, 2, TicketLock.Variant.RIGHT).model();
            case PETERSON_3_5 -> new Peterson(3, 5, Peterson.Variant.FENCED).model();
            case URCU_3_3 -> new Urcu(3, 3, Urcu.Variant.COMPLETE).model();
        };
    }
}
