// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of where the events of a frame access, and with what values. */
final class Knowledge {

    /*
     * What stays unknown when every load has a store depends on itself: each value in a circle comes
     * from another one. If each is a mere copy, any value would do; it gets a name of its own, and
     * the execution counts. If something is computed in the circle, it does not, as in herd.
     *
     * An address between places can be stored to: it is a place of its own, without an initial
     * store, so nothing can be loaded from it before.
     */

    /** Nothing is known. */
    static final int NONE = -1;

    private static final int INVALID = -2;

    private final String file;
    private final Frame frame;
    private final int[] sources;
    private final Map<Long, Integer> between = new HashMap<>();
    private long[] values;
    private int[] places;

    /** What was known at some time. */
    static final class Memento {
        private final long[] values;
        private final int[] places;

        private Memento(long[] values, int[] places) {
            this.values = values;
            this.places = places;
        }
    }

    /**
     * What is known at first.
     *
     * @param sources the store that each load reads from; changes
     */
    Knowledge(Inquiry inquiry, Frame frame, int[] sources) {
        this.file = inquiry.file();
        this.frame = frame;
        this.sources = sources;
        values = new long[frame.size()];
        places = new int[frame.size()];
        Arrays.fill(values, Words.UNKNOWN);
        Arrays.fill(places, NONE);
        for (int i = 0; i < frame.places(); i++) {
            values[i] = inquiry.initial().get(i);
            places[i] = i;
        }
    }

    Memento save() {
        Memento memento = new Memento(values, places);
        values = values.clone();
        places = places.clone();
        return memento;
    }

    void restore(Memento memento) {
        values = memento.values;
        places = memento.places;
    }

    /** Says what an event reads. */
    void assume(int event, long value) {
        values[event] = value;
    }

    /** Computes what follows. {@return whether there is no contradiction} */
    boolean settle() {
        boolean more = true;
        while (more) {
            more = false;
            for (int i = frame.places(); i < frame.size(); i++) {
                boolean placed = settlePlace(i);
                boolean valued = settleValue(i);
                boolean copied = settleCopied(i);
                more |= placed || valued || copied;
                if (isContradicted(i)) {
                    return false;
                }
            }
        }
        return guardsHold();
    }

    private boolean settlePlace(int event) {
        Term address = frame.event(event).address();
        if (places[event] != NONE || address == null) {
            return false;
        }
        long value = valueOrUnknown(address, frame.base(event));
        if (value == Words.UNKNOWN) {
            return false;
        }
        places[event] = placeAt(value);
        return true;
    }

    private int placeAt(long address) {
        if (!Words.isPointer(address)) {
            return INVALID;
        }
        return Words.offset(address) == 0
                ? Words.place(address)
                : between.computeIfAbsent(address, key -> frame.places() + between.size());
    }

    private boolean settleValue(int event) {
        if (values[event] != Words.UNKNOWN) {
            return false;
        }
        Term decided = frame.event(event).value();
        if (decided != null) {
            values[event] = valueOrUnknown(decided, frame.base(event));
        }
        if (sources[event] != NONE && values[event] == Words.UNKNOWN) {
            values[event] = values[sources[event]];
        }
        return values[event] != Words.UNKNOWN;
    }

    /** What a store copies is what a load reads that reads from it. */
    private boolean settleCopied(int load) {
        int store = sources[load];
        if (store != NONE
                && values[load] != Words.UNKNOWN
                && frame.event(store).value() instanceof Term.Loaded(int number)) {
            int copied = frame.base(store) + number;
            boolean settles = values[copied] == Words.UNKNOWN;
            values[copied] = settles ? values[load] : values[copied];
            return settles;
        }
        return false;
    }

    private long valueOrUnknown(Term term, int base) {
        try {
            return term.value(values, base);
        } catch (Words.Undefined e) {
            return Words.UNKNOWN;
        }
    }

    private boolean isContradicted(int event) {
        int source = sources[event];
        boolean astray = places[event] == INVALID && frame.event(event).kind() == Kind.READ;
        boolean misplaced =
                source != NONE && places[source] != NONE && places[source] != places[event];
        return astray || misplaced || (source != NONE && isOther(values[source], values[event]));
    }

    private static boolean isOther(long stored, long loaded) {
        return stored != Words.UNKNOWN && loaded != Words.UNKNOWN && stored != loaded;
    }

    private boolean guardsHold() {
        for (Path path : frame.paths()) {
            for (Path.Guard guard : path.guards()) {
                long value = valueOrUnknown(guard.term(), frame.base(path));
                if (value != Words.UNKNOWN && (value != 0) != guard.holds()) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Gives names to values out of thin air.
     *
     * @return whether nothing is unknown then
     * @throws Refusal if a value is undefined, or a store goes nowhere
     */
    boolean complete() {
        for (int i = frame.places(); i < frame.size(); i++) {
            if (frame.event(i).kind() == Kind.READ && values[i] == Words.UNKNOWN) {
                values[i] = Words.thinAir(i);
                if (!settle()) {
                    return false;
                }
            }
        }
        return isComplete();
    }

    private boolean isComplete() {
        boolean complete = true;
        for (int i = frame.places(); i < frame.size(); i++) {
            Event event = frame.event(i);
            complete &= isKnown(event.address(), event.line(), frame.base(i));
            complete &= isKnown(event.value(), event.line(), frame.base(i));
            complete &= !event.kind().isDependency() || sources[i] != NONE;
            if (places[i] == INVALID) {
                throw refusal(event.line(), "what it goes to is not the address of a place");
            }
        }
        for (Path path : frame.paths()) {
            for (Path.Guard guard : path.guards()) {
                complete &= isKnown(guard.term(), guard.line(), frame.base(path));
            }
        }
        return complete;
    }

    private boolean isKnown(@Nullable Term term, int line, int base) {
        try {
            return term == null || term.value(values, base) != Words.UNKNOWN;
        } catch (Words.Undefined e) {
            throw refusal(line, String.valueOf(e.getMessage()));
        }
    }

    private Refusal refusal(int line, String reason) {
        return new Refusal(file, line, "access", reason);
    }

    /** {@return the place that an event accesses; negative if it accesses none that is known} */
    int place(int event) {
        return places[event];
    }

    /** {@return whether two events access the same place} */
    boolean isSamePlace(int first, int second) {
        return places[first] >= 0 && places[first] == places[second];
    }

    /** {@return what an event reads or stores} */
    long value(int event) {
        return values[event];
    }

    /**
     * {@return the value of a term of a thread}
     *
     * @throws Words.Undefined if there is none
     */
    long value(Term term, Path path) {
        return term.value(values, frame.base(path));
    }
}
