// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.Cpu;
import java.util.concurrent.atomic.AtomicLongArray;

/** Words of each CPU, between whose reading and writing there is time to be interrupted. */
final class CarelessWords {

    private static final int PAUSE = 32;
    private static final int CPUS = Cpu.possible().last() + 1;

    private final AtomicLongArray words;
    private final int wordsPerCpu;

    /** Makes words of 0. */
    CarelessWords(int wordsPerCpu) {
        this.words = new AtomicLongArray(CPUS * wordsPerCpu);
        this.wordsPerCpu = wordsPerCpu;
    }

    static int cpus() {
        return CPUS;
    }

    /** {@return the CPU the caller is on, or any one where the platform does not say} */
    static int current() {
        return Math.floorMod(Cpu.current(), CPUS);
    }

    long get(int cpu, int word) {
        return words.getOpaque(cpu * wordsPerCpu + word);
    }

    /** Writes, later. */
    void set(int cpu, int word, long value) {
        pause();
        words.setOpaque(cpu * wordsPerCpu + word, value);
    }

    /** Adds at once, later. */
    void addAtomically(int cpu, int word, long value) {
        pause();
        words.getAndAdd(cpu * wordsPerCpu + word, value);
    }

    /** {@return the sum of one word of all CPUs} */
    long sum(int word) {
        long sum = 0;
        for (int cpu = 0; cpu < CPUS; cpu++) {
            sum += get(cpu, word);
        }
        return sum;
    }

    private static void pause() {
        for (int i = 0; i < PAUSE; i++) {
            Thread.onSpinWait();
        }
    }
}
