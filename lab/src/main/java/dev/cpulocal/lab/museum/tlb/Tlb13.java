// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.tlb.ShootLazies.Leaves;

/** TLB-13: an mm is freed that a CPU has loaded which has gone offline. */
final class Tlb13 {

    private Tlb13() {}

    static Exhibit exhibit() {
        return Exhibit.of("TLB-13", "An offline CPU that still has an mm loaded", Area.TLB)
                .kernels("from 6.4, where MMU_LAZY_TLB_SHOOTDOWN is set")
                .bounds("one mm freed, one CPU that goes offline")
                .story(
                        """
                        Where lazy use of an mm holds no reference, who frees the mm interrupts \
                        the CPUs of mm_cpumask that are online and makes them leave it. A CPU that \
                        goes offline left it only behind the point from which on it takes no \
                        interrupts. An mm that is freed in between stays loaded there.\
                        """)
                .history(
                        "Nicholas Piggin",
                        "2023",
                        "lazy tlb: fix hotplug exit race with MMU_LAZY_TLB_SHOOTDOWN, linux-kernel",
                        "The CPU leaves the mm earlier, while it can be interrupted. Posted again"
                                + " by H. Krzesinski in November 2024. The scheme is of"
                                + " 2655421ae69f, Linux 6.4.")
                .derived("No memory is involved in the model, so SC is all there is to check.")
                .reference(
                        variant(
                                        Leaves.BEFORE_OFFLINE,
                                        "fixed",
                                        "The CPU leaves the mm while it takes interrupts.")
                                .holds(SC))
                .variant(
                        variant(
                                        Leaves.BEHIND_OFFLINE,
                                        "too late",
                                        "It leaves it in idle_task_exit().")
                                .violated(SC))
                .variant(reached(ShootLazies.SHOT))
                .variant(reached(ShootLazies.NOT_ONLINE))
                .build();
    }

    private static Variant variant(Leaves leaves, String name, String text) {
        return Variant.of(name, text, ShootLazies.model("TLB-13 " + name, leaves, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "The fixed code, said never to do this.",
                        ShootLazies.model("TLB-13 " + name, Leaves.BEFORE_OFFLINE, new Never(step)))
                .violated(SC);
    }
}
