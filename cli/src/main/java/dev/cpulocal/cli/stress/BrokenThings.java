// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import static dev.cpulocal.cli.stress.Shuffle.NONE;
import static dev.cpulocal.cli.stress.Shuffle.THINGS;

import java.util.stream.IntStream;

/** Imitations of {@link RealThings} that lose and double. */
final class BrokenThings {

    private BrokenThings() {}

    /** A thing is taken from a CPU without section. */
    private interface Places {
        int take(int cpu);

        boolean give(int cpu, int thing);
    }

    private static Shuffle.Things things(Places places) {
        return new Shuffle.Things() {
            @Override
            public int ranges() {
                return CarelessWords.cpus();
            }

            @Override
            public int take() {
                return places.take(CarelessWords.current());
            }

            @Override
            public boolean give(int thing) {
                return places.give(CarelessWords.current(), thing);
            }

            @Override
            public int[] takeSome(int range, int most) {
                return IntStream.generate(() -> places.take(range))
                        .limit(most)
                        .takeWhile(thing -> thing != NONE)
                        .toArray();
            }
        };
    }

    /** Word 0 is the head and word 1 + i the link of thing i; a link is the number of a word. */
    static Shuffle.Things list() {
        CarelessWords words = new CarelessWords(1 + THINGS);
        return things(
                new Places() {
                    @Override
                    public int take(int cpu) {
                        int head = (int) words.get(cpu, 0);
                        if (head != 0) {
                            words.set(cpu, 0, words.get(cpu, head));
                        }
                        return head == 0 ? NONE : head - 1;
                    }

                    @Override
                    public boolean give(int cpu, int thing) {
                        words.set(cpu, 1 + thing, words.get(cpu, 0));
                        words.set(cpu, 0, 1L + thing);
                        return true;
                    }
                });
    }

    /** Word 0 counts things, of which each is written to some words. */
    static Shuffle.Things stack(int wordsPerThing) {
        CarelessWords words = new CarelessWords(1 + THINGS * wordsPerThing);
        return things(
                new Places() {
                    @Override
                    public int take(int cpu) {
                        int count = (int) words.get(cpu, 0);
                        if (count == 0) {
                            return NONE;
                        }
                        int first = 1 + (count - 1) * wordsPerThing;
                        long thing = words.get(cpu, first);
                        boolean torn = thing != words.get(cpu, first + wordsPerThing - 1);
                        words.set(cpu, 0, count - 1);
                        return torn ? THINGS : (int) thing;
                    }

                    @Override
                    public boolean give(int cpu, int thing) {
                        int count = (int) words.get(cpu, 0);
                        if (count == THINGS) {
                            return false;
                        }
                        for (int i = 0; i < wordsPerThing; i++) {
                            words.set(cpu, 1 + count * wordsPerThing + i, thing);
                        }
                        words.set(cpu, 0, count + 1);
                        return true;
                    }
                });
    }
}
