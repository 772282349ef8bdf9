// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

/** Threads that run into each other on purpose. */
final class Contention {

    /** What {@link #cells} needs of the JVM. */
    static final String OPENS = "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED";

    private Contention() {}

    /**
     * Lets threads add at the same time to one counter after the other.
     *
     * @param threads how many
     * @param counters how many
     * @param additions how often each thread adds to each counter
     * @param add adds to the counter of that number
     */
    static void drive(int threads, int counters, int additions, IntConsumer add) {
        AtomicInteger arrived = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> work(threads, counters, additions, add, arrived)));
        }
        try {
            for (Thread thread : all) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // whoever is waited for may need this CPU
    private static void work(
            int threads, int counters, int additions, IntConsumer add, AtomicInteger arrived) {
        for (int counter = 0; counter < counters; counter++) {
            arrived.incrementAndGet();
            while (arrived.get() < (counter + 1) * threads) {
                Thread.yield();
            }
            for (int i = 0; i < additions; i++) {
                add.accept(counter);
            }
        }
    }

    /**
     * {@return how many cells an adder has: 0 before it was contended, then up to the number of
     * CPUs}
     *
     * @param adder the adder
     */
    static int cells(LongAdder adder) {
        try {
            Field field = LongAdder.class.getSuperclass().getDeclaredField("cells");
            field.setAccessible(true);
            Object[] cells = (Object[]) field.get(adder);
            return cells == null ? 0 : (int) Arrays.stream(cells).filter(Objects::nonNull).count();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
