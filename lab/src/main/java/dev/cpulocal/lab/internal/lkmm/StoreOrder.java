// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of the order of the stores to each place. */
final class StoreOrder {

    /*
     * Coherence is a matter of each place alone: of two accesses to a place in program order, the
     * second must not be about an earlier store than the first. That gives pairs of stores of which
     * one must come first. Any order that respects these pairs is coherent, so the order is known as
     * a set of pairs that grows, always with all that follows from it, until no pair is open.
     *
     * An atomic operation, and the turn of a lock's holder, is a pair of stores with nothing (of
     * other threads) in between: whatever comes after the first comes after the second, whatever
     * comes before the second comes before the first.
     */

    /**
     * Two stores with nothing in between.
     *
     * @param first the first
     * @param second the second
     * @param thread whose stores may come in between nevertheless; -1 if nobody's
     */
    private record Pair(int first, int second, int thread) {}

    private final StaticOrder order;
    private final ReadsFrom reads;
    private final List<Pair> pairs;
    private final Relation.Builder before;
    private boolean possible = true;

    private StoreOrder(
            StaticOrder order, ReadsFrom reads, List<Pair> pairs, Relation.Builder before) {
        this.order = order;
        this.reads = reads;
        this.pairs = pairs;
        this.before = before;
    }

    /** {@return what follows from who reads from whom, as far as that is known} */
    static StoreOrder of(StaticOrder order, ReadsFrom reads, Set<Axiom> axioms) {
        StoreOrder known =
                new StoreOrder(
                        order, reads, new ArrayList<>(), new Relation.Builder(order.frame.size()));
        known.addPairs(axioms.contains(Axiom.ATOMICITY));
        known.addInitial();
        if (axioms.contains(Axiom.COHERENCE)) {
            known.addCoherence();
        }
        return known;
    }

    StoreOrder copy() {
        return new StoreOrder(order, reads, pairs, before.copy());
    }

    private boolean isStore(int event) {
        return order.writes.has(event) && reads.knowledge().place(event) >= 0;
    }

    private void addPairs(boolean atomic) {
        Locks locks = reads.locks();
        for (int store = order.frame.places(); store < order.frame.size(); store++) {
            Kind kind = order.frame.event(store).kind();
            int load = order.load(store);
            if (kind == Kind.LOCK_WRITE && locks.release(store) != Locks.NONE) {
                pairs.add(new Pair(store, locks.release(store), -1));
            } else if (kind == Kind.WRITE && atomic && load >= 0 && reads.source(load) >= 0) {
                pairs.add(new Pair(reads.source(load), store, order.frame.thread(store)));
            }
        }
    }

    private void addInitial() {
        Locks locks = reads.locks();
        for (int store = order.frame.places(); store < order.frame.size(); store++) {
            if (!isStore(store)) {
                continue;
            }
            if (reads.knowledge().place(store) < order.frame.places()) {
                require(reads.knowledge().place(store), store);
            }
            boolean last =
                    order.frame.event(store).kind() == Kind.LOCK_WRITE
                            && locks.release(store) == Locks.NONE;
            if (last) {
                requireLast(store);
            }
        }
    }

    private void addCoherence() {
        for (int second = order.frame.places(); second < order.frame.size(); second++) {
            int to = about(second);
            for (int first = order.frame.places(); first < order.frame.size() && to >= 0; first++) {
                if (order.po.has(first, second) && reads.knowledge().isSamePlace(first, second)) {
                    int from = about(first);
                    if (from >= 0 && (from != to || isStore(second))) {
                        require(from, to);
                    }
                }
            }
        }
    }

    /** {@return the store that an access is about; negative if it is about none yet} */
    private int about(int access) {
        return isStore(access) ? access : reads.source(access);
    }

    /** {@return whether nothing comes before itself} */
    boolean isPossible() {
        return possible;
    }

    /** Makes a store the last one to its place. */
    void requireLast(int store) {
        for (int other = 0; other < order.frame.size(); other++) {
            if (other != store && isStore(other) && reads.knowledge().isSamePlace(other, store)) {
                require(other, store);
            }
        }
    }

    /** Makes one store come before another, with all that follows. */
    void require(int first, int second) {
        if (!possible || before.has(first, second)) {
            return;
        }
        if (first == second || before.has(second, first)) {
            possible = false;
            return;
        }
        for (int i = 0; i < order.frame.size(); i++) {
            if (i == first || before.has(i, first)) {
                before.addAll(i, second);
            }
        }
        pairs.forEach(this::keepTogether);
    }

    private void keepTogether(Pair pair) {
        for (int other = 0; other < order.frame.size(); other++) {
            boolean between =
                    other != pair.first
                            && other != pair.second
                            && isStore(other)
                            && (pair.thread < 0 || order.frame.thread(other) != pair.thread)
                            && reads.knowledge().isSamePlace(other, pair.second);
            if (between && before.has(pair.first, other)) {
                require(pair.second, other);
            }
            if (between && before.has(other, pair.second)) {
                require(other, pair.first);
            }
        }
    }

    /** {@return two stores to a place of which none must come first, or null} */
    int @Nullable [] open() {
        for (int second = order.frame.places(); second < order.frame.size(); second++) {
            for (int first = order.frame.places(); first < second && isStore(second); first++) {
                if (isStore(first)
                        && reads.knowledge().isSamePlace(first, second)
                        && !before.has(first, second)
                        && !before.has(second, first)) {
                    return new int[] {first, second};
                }
            }
        }
        return null;
    }

    /** {@return the stores that can be the last one to a place} */
    List<Integer> lasts(int place) {
        List<Integer> lasts = new ArrayList<>();
        for (int store = 0; store < order.frame.size(); store++) {
            if (isStore(store)
                    && reads.knowledge().place(store) == place
                    && !before.hasAny(store)) {
                lasts.add(store);
            }
        }
        return lasts;
    }

    /** {@return the execution, as far as it is known} */
    Execution execution() {
        int size = order.frame.size();
        Relation.Builder rf = new Relation.Builder(size);
        for (int i = order.frame.places(); i < size; i++) {
            int source = order.lockReads.has(i) ? predecessor(i) : reads.source(i);
            if (source >= 0) {
                rf.add(source, i);
            }
        }
        return new Execution(order, reads.knowledge(), rf.build(), before.copy().build());
    }

    /** {@return the store right before the one that takes a lock; negative if not known} */
    private int predecessor(int lockRead) {
        int taker = lockRead + 1;
        for (int store = 0; store < taker + order.frame.size(); store++) {
            if (store < order.frame.size()
                    && before.has(store, taker)
                    && isRightBefore(store, taker)) {
                return store;
            }
        }
        return Locks.NONE;
    }

    private boolean isRightBefore(int store, int taker) {
        for (int other = 0; other < order.frame.size(); other++) {
            if (other != store
                    && other != taker
                    && isStore(other)
                    && reads.knowledge().isSamePlace(other, taker)
                    && !before.has(other, store)
                    && !before.has(taker, other)) {
                return false;
            }
        }
        return true;
    }
}
