// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import static dev.cpulocal.cli.stress.Shuffle.NONE;
import static dev.cpulocal.cli.stress.Shuffle.THINGS;

import dev.cpulocal.cli.stress.Ledger.Owned;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An imitation of {@link RealPool} that hands out objects twice, and loses some: the numbers of its
 * objects are in a stack for each CPU, from which they are taken without section.
 */
final class BrokenPool implements Lending.Pool<BrokenPool.Numbered> {

    /** An object and its number, which is NONE if all were given. */
    record Numbered(int number, Owned object) {}

    private final Ledger ledger;
    private final Shuffle.Things stacks = BrokenThings.stack(1);
    private final AtomicReferenceArray<@Nullable Numbered> objects =
            new AtomicReferenceArray<>(THINGS);
    private final ConcurrentLinkedQueue<Integer> vacant =
            new ConcurrentLinkedQueue<>(IntStream.range(0, THINGS).boxed().toList());

    BrokenPool(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Numbered acquire() {
        Numbered pooled = find(stacks.take());
        return pooled == null ? make() : pooled;
    }

    /** The stack of a CPU that lost updates holds anything. */
    private @Nullable Numbered find(int number) {
        return number >= 0 && number < THINGS ? objects.get(number) : null;
    }

    private Numbered make() {
        Integer number = vacant.poll();
        Numbered made = new Numbered(number == null ? NONE : number, ledger.make());
        if (number != null) {
            objects.set(number, made);
        }
        return made;
    }

    @Override
    public Owned get(Numbered slot) {
        return slot.object();
    }

    @Override
    public void release(Numbered slot) {
        if (slot.number() == NONE || !stacks.give(slot.number())) {
            discard(slot);
        }
    }

    private void discard(Numbered slot) {
        ledger.discard(slot.object());
        if (slot.number() != NONE) {
            vacant.add(slot.number());
        }
    }

    @Override
    public List<Numbered> acquireAll(int count) {
        return Stream.generate(this::acquire).limit(count).toList();
    }

    @Override
    public void releaseAll(List<Numbered> slots) {
        slots.forEach(this::release);
    }

    @Override
    public void clear() {
        for (int range = 0; range < stacks.ranges(); range++) {
            for (int number : stacks.takeSome(range, THINGS)) {
                Numbered pooled = find(number);
                if (pooled != null) {
                    discard(pooled);
                }
            }
        }
    }

    @Override
    public void trim() {
        clear();
    }

    @Override
    public int maxTotal() {
        return THINGS;
    }

    @Override
    public long pooledCount() {
        return ledger.pooled();
    }

    @Override
    public long disagreements() {
        return 0;
    }
}
