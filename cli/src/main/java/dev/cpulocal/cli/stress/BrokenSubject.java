// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.Cpu;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;

/**
 * What one would write without knowing better: read, compute, write. The checks must find it out,
 * or they would find nothing else either.
 *
 * <p>Its tickets are per CPU, as the real ones are, so that they are lost only if somebody is
 * interrupted in the middle: which shows that the disturbances reach the middle of an operation.
 */
final class BrokenSubject implements Subject {

    private static final int PAUSE = 32;

    private final AtomicLongArray kept = new AtomicLongArray(COUNTERS);
    private final AtomicLongArray drained = new AtomicLongArray(COUNTERS);
    private final AtomicLongArray tickets = new AtomicLongArray(Cpu.possible().last() + 1);

    @Override
    public void addToKept(int counter) {
        increment(kept, counter);
    }

    @Override
    public long kept(int counter) {
        return kept.get(counter);
    }

    @Override
    public void addToDrained(int counter) {
        increment(drained, counter);
    }

    @Override
    public long drain(int counter) {
        long sum = drained.getOpaque(counter);
        pause();
        drained.setOpaque(counter, 0);
        return sum;
    }

    @Override
    public boolean takeTicket() {
        increment(tickets, Math.floorMod(Cpu.current(), tickets.length()));
        return true;
    }

    @Override
    public boolean takeTicketElsewhere(RandomGenerator random) {
        increment(tickets, random.nextInt(tickets.length()));
        return true;
    }

    @Override
    public long tickets() {
        long sum = 0;
        for (int cpu = 0; cpu < tickets.length(); cpu++) {
            sum += tickets.get(cpu);
        }
        return sum;
    }

    @Override
    public long atomicAdditions() {
        return 0;
    }

    private static void increment(AtomicLongArray words, int index) {
        long value = words.getOpaque(index);
        pause();
        words.setOpaque(index, value + 1);
    }

    private static void pause() {
        for (int i = 0; i < PAUSE; i++) {
            Thread.onSpinWait();
        }
    }
}
