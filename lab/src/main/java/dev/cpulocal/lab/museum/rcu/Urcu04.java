// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rcu.CallRcuData.Held;

/** URCU-04: a callback in a queue that is being freed. */
final class Urcu04 {

    private static final Variants<Held> VARIANTS = new Variants<>("URCU-04", CallRcuData::new);

    private Urcu04() {}

    static Exhibit exhibit() {
        return Exhibit.of(
                        "URCU-04", "rcu_barrier() waits for a callback in a freed queue", Area.RCU)
                .kernels("none: liburcu until 2020")
                .bounds(
                        "one queue freed, one rcu_barrier(). A mutex orders everything, so one memory model does")
                .story(
                        """
                        Freeing a queue of callbacks moves those that are left to the default queue, and then takes the queue from the list. \
                        rcu_barrier() puts a callback into every queue of the list. If it comes between, its callback is in a queue that \
                        nobody looks at any more, and it waits for ever. Now the mutex is held from before the move until the queue is off the \
                        list.\
                        """)
                .history(
                        "Paul E. McKenney",
                        "2020",
                        "liburcu, 51b98c3",
                        "The mutex is held throughout.")
                .reference(
                        VARIANTS.of("fixed", "The mutex is held throughout.", Held.THROUGHOUT)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "unlink only",
                                        "The mutex is held while the queue is taken off the list.",
                                        Held.UNLINK_ONLY)
                                .violated(SC))
                .variant(VARIANTS.reached(CallRcuData.BOTH, Held.THROUGHOUT).violated(SC))
                .variant(VARIANTS.reached(CallRcuData.MOVES, Held.THROUGHOUT).violated(SC))
                .build();
    }
}
