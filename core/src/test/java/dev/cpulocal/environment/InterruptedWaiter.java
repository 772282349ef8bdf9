// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Sequences;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Ranges;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * An interrupted virtual thread waits for a stop word whose holder, another virtual thread, needs
 * the only carrier to go on.
 */
public final class InterruptedWaiter {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private InterruptedWaiter() {}

    /** Runs it; for a JVM with one carrier and a machine with two CPUs. */
    public static void main(String... arguments) throws InterruptedException {
        Ranges ranges = new Ranges(Engine.of(IndexMode.CPU_ID), 1 << 16);
        int last = ranges.count() - 1;
        int offset = Ranges.HEADER_BYTES;
        Object[] addOne = {(long) offset, 1L};
        ranges.stop(last);
        Thread holder =
                Thread.startVirtualThread(
                        () -> ranges.executeOnAll(Sequences.LOAD_ADD_STORE, addOne));
        while (ranges.getOpaque(0, 0) == 0) {
            Thread.sleep(1);
        }
        CountDownLatch waiting = new CountDownLatch(1);
        Thread waiter =
                Thread.startVirtualThread(() -> {
                    Thread.currentThread().interrupt();
                    waiting.countDown();
                    ranges.execute(0, Sequences.LOAD_ADD_STORE, addOne);
                    Probe.tell("interrupted", Thread.currentThread().isInterrupted());
                });
        waiting.await();
        Thread.sleep(100);
        ranges.resume(last);
        Probe.tell("holder.ended", holder.join(PATIENCE));
        Probe.tell("waiter.ended", waiter.join(PATIENCE));
        Probe.tell("first", ranges.getOpaque(0, offset));
        Probe.tell("last", ranges.getOpaque(last, offset));
        Runtime.getRuntime().halt(0);
    }
}
