// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

/** What is on the heap of this JVM. */
public final class Heap {

    private static final int SETTLED_BYTES = 4096;
    private static final int MOST_COLLECTIONS = 50;
    private static final int PAUSE_MILLIS = 20;

    private Heap() {}

    /**
     * {@return how many bytes are in use} After as many collections as it takes until cleaners,
     * too, have let go of everything.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public static long usedBytes() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int settled = 0, i = 0; settled < 2 && i < MOST_COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(PAUSE_MILLIS);
            long now = runtime.totalMemory() - runtime.freeMemory();
            settled = Math.abs(used - now) < SETTLED_BYTES ? settled + 1 : 0;
            used = now;
        }
        return used;
    }
}
