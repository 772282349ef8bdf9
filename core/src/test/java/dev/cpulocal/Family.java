// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What the threads of one of librseq's tests do again and again, and what is lost if it is wrong.
 */
interface Family {

    /** How many nodes, values or records go round. */
    int THINGS = 100;

    /** How long a lock is held. */
    int PAUSE = 16;

    /** The bytes of a record: two halves that belong together. */
    int RECORD_BYTES = 16;

    /** Does it once. */
    void step();

    /**
     * {@return how much is missing, doubled or torn after all threads have ended}
     *
     * @param steps how many steps they made in all
     */
    long lost(long steps);

    /** What another thread does again and again meanwhile. */
    default void manage() {
        Thread.onSpinWait();
    }

    /* ------------------------- What is tested, or an imitation of it ------------------------- */

    /** A lock for each CPU. */
    interface Lock {
        int lock();

        void unlock(int range);
    }

    /** Things of which each is in one place. */
    interface Things {
        /** No thing. */
        int NONE = -1;

        /** {@return one of them, which is the caller's then, or NONE} */
        int take();

        /** Gives it back, somewhere. */
        void give(int thing);

        /** Takes all of one range away; {@return them}. */
        int[] takeAll(int range);
    }

    /** A counter for each CPU. */
    interface Counter {
        void increment();

        long sum();
    }

    /* ------------------------- What threads do with it ------------------------- */

    /** Plain counts, each under the lock of its range: two holders at once would lose some. */
    static Family spinlock(Lock lock, int ranges) {
        int longsPerLine = 8;
        long[] counts = new long[ranges * longsPerLine];
        return new Family() {
            @Override
            public void step() {
                int range = lock.lock();
                long count = counts[range * longsPerLine];
                pause(PAUSE);
                counts[range * longsPerLine] = count + 1;
                lock.unlock(range);
            }

            @Override
            public long lost(long steps) {
                return Math.abs(steps - Arrays.stream(counts).sum());
            }
        };
    }

    /** Things are taken and given back, on another CPU perhaps. */
    static Family shuffle(Things things, int ranges) {
        IntStream.range(0, THINGS).forEach(things::give);
        return new Family() {
            @Override
            @SuppressWarnings("ThreadPriorityCheck") // as the original does, to be on another CPU
            public void step() {
                int thing = things.take();
                Thread.yield();
                if (thing != Things.NONE) {
                    things.give(thing);
                }
            }

            @Override
            public long lost(long steps) {
                int[] counts = new int[THINGS];
                int torn = 0;
                for (int range = 0; range < ranges; range++) {
                    for (int thing : things.takeAll(range)) {
                        if (thing >= 0 && thing < THINGS) {
                            counts[thing]++;
                        } else {
                            torn++;
                        }
                    }
                }
                return torn + IntStream.of(counts).mapToLong(count -> Math.abs(count - 1)).sum();
            }
        };
    }

    /** Additions to a word on each CPU. */
    static Family increment(Counter counter) {
        return new Family() {
            @Override
            public void step() {
                counter.increment();
            }

            @Override
            public long lost(long steps) {
                return Math.abs(steps - counter.sum());
            }
        };
    }

    /** Spins for a while, so that somebody is interrupted here now and then. */
    static void pause(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    /** The families, by the options of param_test. */
    enum Name {
        SPINLOCK("s"),
        LIST("l"),
        BUFFER("b"),
        BUFFER_RELEASE("b -M"),
        MEMCPY("m"),
        MEMCPY_RELEASE("m -M"),
        INCREMENT("i"),
        MEMBARRIER("r");

        private final String option;

        Name(String option) {
            this.option = option;
        }

        /** {@return the library's} */
        Family real(CpuMemory memory) {
            return switch (this) {
                case SPINLOCK -> RealFamilies.spinlock(memory);
                case LIST -> RealFamilies.list(memory);
                case BUFFER -> RealFamilies.buffer(memory, false);
                case BUFFER_RELEASE -> RealFamilies.buffer(memory, true);
                case MEMCPY -> RealFamilies.records(memory, false);
                case MEMCPY_RELEASE -> RealFamilies.records(memory, true);
                case INCREMENT -> RealFamilies.increment(memory);
                case MEMBARRIER -> ActiveLists.fenced(memory);
            };
        }

        /** {@return an imitation that is not protected} */
        Family careless(CpuMemory memory) {
            return switch (this) {
                case SPINLOCK -> CarelessFamilies.spinlock(memory);
                case LIST -> CarelessFamilies.list(memory);
                case BUFFER, BUFFER_RELEASE -> CarelessFamilies.buffer(memory);
                case MEMCPY, MEMCPY_RELEASE -> CarelessFamilies.records(memory);
                case INCREMENT -> CarelessFamilies.increment(memory);
                case MEMBARRIER -> ActiveLists.notFenced(memory);
            };
        }

        @Override
        public String toString() {
            return "-T " + option;
        }
    }
}
