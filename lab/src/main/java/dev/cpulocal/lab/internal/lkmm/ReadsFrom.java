// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Lets each load of a frame read from every store that it could. */
final class ReadsFrom {

    /*
     * A search in depth: the next load whose place is known gets a store; then everything that
     * follows from its value is computed, guards included, before the next load has its turn. A
     * store whose place is not known yet may be chosen too; the choice is wrong if the place turns
     * out to be another one. Whoever looks at a lock counts as a load.
     *
     * What the order of stores and the axioms forbid already is not pursued. As asking the axioms
     * takes time, it is done only where much follows.
     */

    private static final int MANY = 3;

    private final Inquiry inquiry;
    private final StaticOrder order;
    private final Frame frame;
    private final Predicate<Execution> possible;
    private final Consumer<StoreOrder> found;
    private final Locks locks;
    private final int[] sources;
    private final Knowledge knowledge;

    /**
     * Prepares.
     *
     * @param possible whether the axioms do not forbid what is known of an execution
     * @param found what to do with each complete choice, and the order of stores that follows
     */
    ReadsFrom(
            Inquiry inquiry,
            StaticOrder order,
            Predicate<Execution> possible,
            Consumer<StoreOrder> found) {
        this.inquiry = inquiry;
        this.order = order;
        this.frame = order.frame;
        this.possible = possible;
        this.found = found;
        sources = new int[frame.size()];
        Arrays.fill(sources, Knowledge.NONE);
        knowledge = new Knowledge(inquiry, frame, sources);
        locks = new Locks(order, knowledge);
    }

    /** {@return what is known of places and values} */
    Knowledge knowledge() {
        return knowledge;
    }

    /** {@return who holds which lock when} */
    Locks locks() {
        return locks;
    }

    /** Searches. */
    void search() {
        inquiry.effort().step();
        Knowledge.Memento before = knowledge.save();
        if (knowledge.settle()) {
            StoreOrder stores = StoreOrder.of(order, this, inquiry.axioms());
            if (stores.isPossible()) {
                pursue(stores);
            }
        }
        knowledge.restore(before);
    }

    private void pursue(StoreOrder stores) {
        int load = nextLoad();
        if (load == Knowledge.NONE) {
            if (!guessAddress() && knowledge.complete()) {
                found.accept(stores);
            }
        } else if (openLoads() < MANY || possible.test(stores.execution())) {
            choose(load);
        }
    }

    /** Tries all places for an address that depends on itself. {@return whether there was one} */
    private boolean guessAddress() {
        for (int i = frame.places(); i < frame.size(); i++) {
            if (isOpen(i) && frame.event(i).address() instanceof Term.Loaded(int number)) {
                for (int place = 0; place < frame.places(); place++) {
                    Knowledge.Memento before = knowledge.save();
                    knowledge.assume(frame.base(i) + number, Words.pointer(place));
                    search();
                    knowledge.restore(before);
                }
                return true;
            }
        }
        return false;
    }

    private void choose(int load) {
        for (int store = 0; store < frame.size(); store++) {
            if (isCandidate(load, store)) {
                sources[load] = store;
                search();
            }
        }
        sources[load] = Knowledge.NONE;
    }

    private boolean isCandidate(int load, int store) {
        if (frame.event(load).kind() != Kind.READ) {
            return knowledge.isSamePlace(store, load) && locks.isVisible(store, load);
        }
        return frame.event(store).kind() == Kind.WRITE
                && !order.po.has(load, store)
                && (knowledge.place(store) == Knowledge.NONE || knowledge.isSamePlace(store, load));
    }

    private boolean isOpen(int event) {
        return frame.event(event).kind().isDependency() && sources[event] == Knowledge.NONE;
    }

    private int nextLoad() {
        for (int i = frame.places(); i < frame.size(); i++) {
            if (isOpen(i) && knowledge.place(i) >= 0) {
                return i;
            }
        }
        return Knowledge.NONE;
    }

    private int openLoads() {
        int open = 0;
        for (int i = frame.places(); i < frame.size(); i++) {
            open += isOpen(i) ? 1 : 0;
        }
        return open;
    }

    /** {@return the store that a load reads from; negative if it has none yet} */
    int source(int load) {
        return sources[load];
    }
}
