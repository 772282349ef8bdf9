// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Membarrier;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/** The fences that sequences need, of all memories of the process. */
final class Fences {

    /*
     * A membarrier interrupts CPUs, and any number of threads may ask for one at any time: that is how
     * the call became a hammer (CVE-2024-26602), until the kernel let in one at a time. So here too
     * one is made at a time, and whoever waits for its turn shares the next one: a request is met by
     * any fence that begins after it, on the same CPU or on all. However many threads ask for the same
     * fence at once, two are made: the one that was under way, and the one after.
     *
     * Each target counts the fences that have begun and, after it, those that are complete. A request
     * reads how many have begun; the next one, by number, began after it.
     *
     * Who asks holds a stop word, and so must not park: a virtual thread would need a carrier to go on.
     * After some turns of waiting it makes a fence of its own. So the number of fences under way can
     * exceed one where fences take long, but never the number of ranges that are stopped.
     */

    private static final int SPINS = 2_000;

    /** Those of this process. */
    static final Fences SHARED = new Fences(Ranges.countOfAll(), Fences::membarrier);

    private final int all;
    private final IntConsumer fence;
    private final int spins;
    private final AtomicLongArray begun;
    private final AtomicLongArray completed;
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * Shares fences.
     *
     * @param ranges how many CPUs there are
     * @param fence makes one, on a CPU, or on all for the number of CPUs
     */
    Fences(int ranges, IntConsumer fence) {
        this(ranges, fence, SPINS);
    }

    /** Shares fences, with a given patience. */
    Fences(int ranges, IntConsumer fence, int spins) {
        this.all = ranges;
        this.fence = fence;
        this.spins = spins;
        begun = new AtomicLongArray(ranges + 1);
        completed = new AtomicLongArray(ranges + 1);
    }

    private static void membarrier(int target) {
        if (target == Ranges.countOfAll()) {
            Membarrier.fence(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
        } else {
            Membarrier.fenceRseq(target);
        }
    }

    /**
     * Waits until no sequence that began before runs on a CPU.
     *
     * @throws UnsupportedOperationException if the kernel refuses
     */
    void fence(int cpu) {
        begin(cpu).run();
    }

    /** The same for all CPUs. */
    void fenceAll() {
        begin(all).run();
    }

    /**
     * {@return what waits until no sequence that began before this call runs on a CPU, or on any}
     */
    Runnable begin(int target) {
        long next = begun.get(target) + 1;
        long nextOnAll = begun.get(all) + 1;
        return () -> await(target, next, nextOnAll);
    }

    private void await(int target, long next, long nextOnAll) {
        for (int turns = 0; !turn.tryLock(); turns++) {
            if (isMet(target, next, nextOnAll)) {
                return;
            }
            if (turns >= spins) {
                fence.accept(target);
                return;
            }
            Thread.onSpinWait();
        }
        try {
            if (!isMet(target, next, nextOnAll)) {
                long number = begun.incrementAndGet(target);
                fence.accept(target);
                completed.set(target, number);
            }
        } finally {
            turn.unlock();
        }
    }

    private boolean isMet(int target, long next, long nextOnAll) {
        return completed.get(target) >= next || completed.get(all) >= nextOnAll;
    }
}
