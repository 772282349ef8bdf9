// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.Rcu;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader looks at what a reference leads to, a writer takes it away, waits for a grace period and
 * destroys it.
 */
@JCStressTest
@Outcome(
        id = "1",
        expect = ACCEPTABLE,
        desc = "readLock -> read -> readUnlock -> the grace period ends: it is whole.")
@Outcome(
        id = "0",
        expect = ACCEPTABLE,
        desc = "taken away -> readLock: there is nothing to look at.")
@Outcome(
        id = "2",
        expect = FORBIDDEN,
        desc = "readLock -> reached -> the grace period ends -> destroyed -> read.")
@State
public class RcuReclaimStress {

    private static final Rcu DOMAIN = Rcu.builder("stress").build();

    private static final class Item {
        private int content = 1;
    }

    private volatile @Nullable Item current = new Item();

    /** Reaches the item in a read section. */
    @Actor
    public void read(I_Result result) {
        try (Rcu.Section _ = DOMAIN.read()) {
            Item item = current;
            result.r1 = item == null ? 0 : item.content;
        }
    }

    /** Takes it away and destroys it. */
    @Actor
    public void reclaim() {
        Item item = Objects.requireNonNull(current);
        current = null;
        DOMAIN.synchronize();
        item.content = 2;
    }
}
