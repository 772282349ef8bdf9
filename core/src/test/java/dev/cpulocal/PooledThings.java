// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Objects for pools, that notice if two have them, and of which it is known what became. */
final class PooledThings {

    private final AtomicInteger made = new AtomicInteger();
    private final Queue<Thing> discarded = new ConcurrentLinkedQueue<>();

    /** An object that one thread has at a time. */
    static final class Thing {
        private final int number;
        private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

        private Thing(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        /** Says that the calling thread has it, after it was acquired. */
        void take() {
            Thread other = owner.compareAndExchange(null, Thread.currentThread());
            assertEquals(null, other, () -> this + " is in other hands");
        }

        /** Says that nobody has it, before it is released by any thread. */
        void giveBack() {
            assertTrue(owner.getAndSet(null) != null, () -> this + " was in nobody's hands");
        }

        @Override
        public String toString() {
            return "thing " + number;
        }
    }

    Thing make() {
        return new Thing(made.getAndIncrement());
    }

    void discard(Thing thing) {
        thing.take();
        discarded.add(thing);
    }

    /** {@return a pool of these, to be completed} */
    CpuPool.Builder<Thing> builder(CpuMemory memory, int perCpu, int total) {
        return CpuPool.builder(this::make)
                .memory(memory)
                .maxPerCpu(perCpu)
                .maxTotal(total)
                .onDiscard(this::discard);
    }

    int made() {
        return made.get();
    }

    List<Thing> discarded() {
        return List.copyOf(discarded);
    }

    void assertEachDiscardedOnce() {
        List<Thing> all = discarded();
        assertEquals(all.size(), all.stream().distinct().count());
    }
}
