// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.CpuMemory.Item;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The families as one would write them without sections: read, pause, write. They lose when
 * somebody is interrupted in the pause.
 */
final class CarelessFamilies {

    private static final int PAUSE = 500;

    private final CpuMemory memory;
    private final Item item;

    private CarelessFamilies(CpuMemory memory, int words) {
        this.memory = memory;
        item = memory.allocate(words * Long.BYTES);
    }

    static long sum(CpuMemory memory, Item item) {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(item, 0, range))
                .sum();
    }

    private int current() {
        return memory.indexMode() == IndexMode.CPU_ID ? Cpu.current() : Cpu.concurrencyId();
    }

    private long get(int range, long word) {
        return memory.getOpaque(item, (int) word * Long.BYTES, range);
    }

    private void set(int range, long word, long value) {
        Family.pause(PAUSE);
        memory.setOpaque(item, (int) word * Long.BYTES, range, value);
    }

    static Family spinlock(CpuMemory memory) {
        CarelessFamilies words = new CarelessFamilies(memory, 1);
        return Family.spinlock(
                new Family.Lock() {
                    @Override
                    public int lock() {
                        int range = words.current();
                        while (words.get(range, 0) != 0) {
                            Thread.onSpinWait();
                            range = words.current();
                        }
                        words.set(range, 0, 1);
                        return range;
                    }

                    @Override
                    public void unlock(int range) {
                        words.set(range, 0, 0);
                    }
                },
                memory.ranges());
    }

    /** Word 0 is the head, word 1 + i the link of node i; a link is the number of a word. */
    static Family list(CpuMemory memory) {
        CarelessFamilies words = new CarelessFamilies(memory, 1 + Family.THINGS);
        return Family.shuffle(
                new Family.Things() {
                    @Override
                    public int take() {
                        return words.pop(words.current());
                    }

                    @Override
                    public void give(int thing) {
                        int range = words.current();
                        words.set(range, 1 + thing, words.get(range, 0));
                        words.set(range, 0, 1 + thing);
                    }

                    @Override
                    public int[] takeAll(int range) {
                        return IntStream.iterate(
                                        words.pop(range), t -> t != NONE, _ -> words.pop(range))
                                .limit(Family.THINGS)
                                .toArray();
                    }
                },
                memory.ranges());
    }

    private int pop(int range) {
        long head = get(range, 0);
        if (head != 0) {
            set(range, 0, get(range, head));
        }
        return (int) head - 1;
    }

    static Family buffer(CpuMemory memory) {
        return stack(memory, 1);
    }

    static Family records(CpuMemory memory) {
        return stack(memory, Family.RECORD_BYTES / Long.BYTES);
    }

    /** Word 0 counts things, of which each is written to some words. */
    private static Family stack(CpuMemory memory, int wordsPerThing) {
        CarelessFamilies words = new CarelessFamilies(memory, 1 + Family.THINGS * wordsPerThing);
        return Family.shuffle(
                new Family.Things() {
                    @Override
                    public int take() {
                        int range = words.current();
                        long count = words.get(range, 0);
                        if (count == 0) {
                            return NONE;
                        }
                        int thing = words.thing(range, count - 1, wordsPerThing);
                        words.set(range, 0, count - 1);
                        return thing;
                    }

                    @Override
                    public void give(int thing) {
                        int range = words.current();
                        long count = words.get(range, 0);
                        if (count < Family.THINGS) {
                            for (int i = 0; i < wordsPerThing; i++) {
                                words.set(range, 1 + count * wordsPerThing + i, thing);
                            }
                            words.set(range, 0, count + 1);
                        }
                    }

                    @Override
                    public int[] takeAll(int range) {
                        int count = (int) words.get(range, 0);
                        return IntStream.range(0, count)
                                .map(i -> words.thing(range, i, wordsPerThing))
                                .toArray();
                    }
                },
                memory.ranges());
    }

    /** {@return what all words of a thing say; none that exists if they differ} */
    private int thing(int range, long index, int wordsPerThing) {
        long[] read = new long[wordsPerThing];
        Arrays.setAll(read, i -> get(range, 1 + index * wordsPerThing + i));
        boolean same = Arrays.stream(read).distinct().count() == 1;
        return same ? (int) read[0] : Family.THINGS;
    }

    static Family increment(CpuMemory memory) {
        CarelessFamilies words = new CarelessFamilies(memory, 1);
        return Family.increment(
                new Family.Counter() {
                    @Override
                    public void increment() {
                        int range = words.current();
                        words.set(range, 0, words.get(range, 0) + 1);
                    }

                    @Override
                    public long sum() {
                        return CarelessFamilies.sum(memory, words.item);
                    }
                });
    }
}
