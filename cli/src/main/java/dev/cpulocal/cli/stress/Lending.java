// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.cli.stress.Ledger.Owned;
import dev.cpulocal.cli.stress.Outcome.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The family in which objects are acquired from a pool and released: each must have one owner at a
 * time, and at the end each that was made must be pooled, discarded, or forgotten on purpose.
 *
 * @param <S> what the pool hands out for an object
 */
final class Lending<S> implements Family {

    private static final int MOST_HELD = 8;
    private static final int MOST_UNDERWAY = 32;
    private static final int KINDS = 8;
    private static final int FORGET_ONE_OF = 512;
    private static final int MANAGER_KINDS = 4;
    private static final int LOOKS = 500;

    /** Where the objects are. All methods for any thread. */
    interface Pool<S> {
        S acquire();

        Owned get(S slot);

        void release(S slot);

        /** Acquires, lets something be done with the object, and releases. */
        default void lend(Consumer<Owned> use) {
            S slot = acquire();
            use.accept(get(slot));
            release(slot);
        }

        /** {@return so many at once} */
        List<S> acquireAll(int count);

        /** Releases some at once. */
        void releaseAll(List<S> slots);

        /** Discards all that are pooled. */
        void clear();

        /** Discards some that are pooled. */
        void trim();

        /** {@return how many it pools at most} */
        int maxTotal();

        /** {@return how many it pools} */
        long pooledCount();

        /** {@return how far its statistics are from what was counted} */
        long disagreements();
    }

    private final FamilyName name;
    private final Ledger ledger;
    private final Pool<S> pool;
    private final ArrayBlockingQueue<S> underway = new ArrayBlockingQueue<>(MOST_UNDERWAY);
    private final List<Part> parts = new ArrayList<>();

    /**
     * Begins to lend.
     *
     * @param name of the family
     * @param pool the pool
     * @param ledger where it makes and discards objects
     */
    Lending(FamilyName name, Pool<S> pool, Ledger ledger) {
        this.name = name;
        this.pool = pool;
        this.ledger = ledger;
    }

    /** Holds some objects between steps. */
    private final class Part implements Worker {
        private final int number;
        private final List<S> held = new ArrayList<>();
        private long operations;

        Part(int number) {
            this.number = number;
        }

        @Override
        public void step(RandomGenerator random) {
            operations++;
            switch (random.nextInt(KINDS)) {
                case 0 -> send();
                case 1 -> releaseReceived();
                case 2 -> stepSeldom(random);
                default -> acquireOrRelease(random);
            }
        }

        private void stepSeldom(RandomGenerator random) {
            switch (random.nextInt(KINDS)) {
                case 0 -> pool.acquireAll(random.nextInt(MOST_HELD)).forEach(this::take);
                case 1 -> releaseHeld();
                case 2 -> borrow();
                case 3 -> forget(random);
                default -> acquireOrRelease(random);
            }
        }

        private void acquireOrRelease(RandomGenerator random) {
            if (held.size() <= random.nextInt(mostHeld())) {
                take(pool.acquire());
            } else {
                release(held.removeLast(), number);
            }
        }

        /** All workers together hold about half of what there is. */
        private int mostHeld() {
            return Math.clamp(pool.maxTotal() / parts.size(), 1, MOST_HELD);
        }

        private void take(S slot) {
            if (ledger.take(pool.get(slot), number)) {
                held.add(slot);
            }
        }

        private void releaseHeld() {
            List<S> mine =
                    held.stream()
                            .filter(slot -> ledger.hand(pool.get(slot), number, Ledger.NOBODY))
                            .toList();
            held.clear();
            pool.releaseAll(mine);
            ledger.released(mine.size());
        }

        @SuppressWarnings("ThreadPriorityCheck") // so that a virtual one is moved meanwhile
        private void borrow() {
            pool.lend(object -> {
                boolean taken = ledger.take(object, number);
                Thread.yield();
                if (taken) {
                    ledger.hand(object, number, Ledger.NOBODY);
                }
            });
            ledger.released(1);
        }

        private void forget(RandomGenerator random) {
            if (!held.isEmpty() && random.nextInt(FORGET_ONE_OF) == 0) {
                ledger.forget(pool.get(held.removeLast()), number);
            }
        }

        /** Lets another thread release what this one has. */
        private void send() {
            if (!held.isEmpty()) {
                S slot = held.removeLast();
                if (ledger.hand(pool.get(slot), number, Ledger.MESSENGER)
                        && !underway.offer(slot)) {
                    release(slot, Ledger.MESSENGER);
                }
            }
        }

        @Override
        public void end() {
            releaseHeld();
        }
    }

    private void release(S slot, int owner) {
        if (ledger.hand(pool.get(slot), owner, Ledger.NOBODY)) {
            pool.release(slot);
            ledger.released(1);
        }
    }

    /** Releases what another thread has sent; {@return whether there was any}. */
    private boolean releaseReceived() {
        S slot = underway.poll();
        if (slot != null) {
            release(slot, Ledger.MESSENGER);
        }
        return slot != null;
    }

    @Override
    public Worker worker() {
        Part part = new Part(parts.size() + 1);
        parts.add(part);
        return part;
    }

    /** Looks, then lets the pool discard some now and then. */
    @Override
    public void manage(RandomGenerator random) {
        for (int i = 0; i < LOOKS; i++) {
            ledger.look(pool.maxTotal());
        }
        switch (random.nextInt(MANAGER_KINDS)) {
            case 0 -> pool.clear();
            case 1 -> pool.trim();
            default -> {}
        }
    }

    @Override
    @SuppressWarnings("StatementWithEmptyBody")
    public Check check() {
        while (releaseReceived()) {}
        ledger.look(pool.maxTotal());
        long misjudged = Math.abs(pool.pooledCount() - ledger.pooled());
        pool.clear();
        misjudged += pool.pooledCount() + pool.disagreements();
        return Check.of(
                name.id(),
                parts.stream().mapToLong(part -> part.operations).sum(),
                new long[] {ledger.made()},
                new long[] {ledger.discarded() + ledger.forgotten()},
                ledger.violations() + misjudged);
    }
}
