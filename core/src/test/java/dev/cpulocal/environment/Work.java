// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import dev.cpulocal.CpuCounter;
import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.Result;
import dev.cpulocal.Sequences;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Counts in every way that the library offers, on platform threads and virtual ones. */
final class Work {

    /** Adds on the current CPU. */
    public interface Add {
        /** Adds. */
        long add(CpuMemory.Item item, long count);
    }

    /** Compares and stores on the current CPU. */
    public interface Replace {
        /** Stores a value over the expected one. */
        long replace(CpuMemory.Item item, long expect, long value);
    }

    private static final int PLATFORM_THREADS = 16;
    private static final int VIRTUAL_THREADS = 64;
    private static final int LOOPS = 1_000;

    private final CpuCounter counter = new CpuCounter();
    private final CpuCounters row = new CpuCounters(10);
    private final CpuMemory memory = CpuMemory.create();
    private final CpuMemory.Item added = memory.allocate(8);
    private final CpuMemory.Item replaced = memory.allocate(8);
    private final Add add =
            memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
    private final Replace replace =
            memory.bind(Sequences.LOAD_CBNE_STORE, Replace.class, MethodHandles.lookup());
    private final AtomicLong loops = new AtomicLong();
    private final AtomicLong replacements = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    int ranges() {
        return memory.ranges();
    }

    void run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PLATFORM_THREADS; i++) {
            threads.add(Thread.ofPlatform().start(this::work));
        }
        for (int i = 0; i < VIRTUAL_THREADS; i++) {
            threads.add(Thread.ofVirtual().start(this::work));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void work() {
        for (int i = 0; i < LOOPS; i++) {
            counter.increment();
            row.increment(i % row.size());
            if (!Result.isCommitted(add.add(added, 1))) {
                failures.incrementAndGet();
            }
            int range = i % ranges();
            long value = memory.getOpaque(replaced, 0, range);
            if (Result.isCommitted(replace.replace(replaced, value, value + 1))) {
                replacements.incrementAndGet();
            }
            loops.incrementAndGet();
        }
    }

    /** Reports expected and counted numbers, and how the operations went. */
    void tell() {
        Probe.tell("loops", loops);
        Probe.tell("failures", failures);
        Probe.tell("counter", counter.sum());
        Probe.tell("row", IntStream.range(0, row.size()).mapToLong(row::sum).sum());
        Probe.tell("row.atomic", IntStream.range(0, row.size()).mapToLong(row::atomicSum).sum());
        Probe.tell("added", sum(added));
        Probe.tell("replaced", sum(replaced));
        Probe.tell("replacements", replacements);
        Probe.tell("completions", memory.statistics().completions());
        Probe.tell("remote", remote());
    }

    private long sum(CpuMemory.Item item) {
        return IntStream.range(0, ranges()).mapToLong(r -> memory.getOpaque(item, 0, r)).sum();
    }

    /** Adds 1 on each range from here; {@return by how much the sum grew}. */
    private long remote() {
        long before = sum(added);
        for (int range = 0; range < ranges(); range++) {
            if (memory.execute(range, Sequences.LOAD_ADD_STORE, added, 1L) != Result.COMMITTED) {
                return -1;
            }
        }
        return sum(added) - before;
    }
}
