// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.lkmm.Event.Kind;

/** The spinlocks of a frame: who holds which when, and who can see what. */
final class Locks {

    /*
     * A lock is taken and let go in turns. A thread that takes a lock twice waits for itself for
     * ever, and so does any thread but one if two never let go; there is no such execution. Who
     * finds the lock taken while holding it sees its own store; anybody else can see any other
     * thread's. Who finds it free can see the store that let it go, of another thread or the last
     * one of its own, or the initial state.
     */

    /** No such event. */
    static final int NONE = -1;

    private final StaticOrder order;
    private final Frame frame;
    private final Knowledge knowledge;

    Locks(StaticOrder order, Knowledge knowledge) {
        this.order = order;
        this.frame = order.frame;
        this.knowledge = knowledge;
    }

    /**
     * {@return whether no thread waits for ever}
     *
     * @param file the file, for errors
     * @throws Refusal if a lock is not only locked and unlocked
     */
    boolean areTaken(String file) {
        for (int i = frame.places(); i < frame.size(); i++) {
            Kind kind = frame.event(i).kind();
            if (kind == Kind.UNLOCK && !isHeld(i)) {
                throw new Refusal(
                        file,
                        frame.event(i).line(),
                        "spin_unlock",
                        "unlocking what is not locked is not covered");
            }
            if ((kind == Kind.LOCK_READ || kind == Kind.FREE) && isHeld(i)) {
                return false;
            }
            if (kind == Kind.LOCK_WRITE) {
                checkUse(file, i);
                if (release(i) == NONE && isHeldForEver(i)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void checkUse(String file, int taker) {
        for (int i = frame.places(); i < frame.size(); i++) {
            if (knowledge.isSamePlace(i, taker) && !frame.event(i).kind().isLock()) {
                throw new Refusal(
                        file,
                        frame.event(i).line(),
                        "lock",
                        "a lock that is accessed as a number is not covered");
            }
        }
    }

    private boolean isHeldForEver(int taker) {
        for (int i = frame.places(); i < frame.size(); i++) {
            if (i != taker
                    && frame.event(i).kind() == Kind.LOCK_WRITE
                    && knowledge.isSamePlace(i, taker)
                    && release(i) == NONE) {
                return true;
            }
        }
        return false;
    }

    private boolean isTurn(int event) {
        Kind kind = frame.event(event).kind();
        return kind == Kind.LOCK_WRITE || kind == Kind.UNLOCK;
    }

    /** {@return whether the thread of an event holds the lock then} */
    private boolean isHeld(int event) {
        int last = lastTurn(event);
        return last != NONE && frame.event(last).kind() == Kind.LOCK_WRITE;
    }

    /** {@return the last store to the lock in the thread of an event before it} */
    private int lastTurn(int event) {
        for (int i = event - 1; i >= frame.places(); i--) {
            if (isTurn(i) && order.po.has(i, event) && knowledge.isSamePlace(i, event)) {
                return i;
            }
        }
        return NONE;
    }

    /** {@return the event that lets go what another one took, or {@link #NONE}} */
    int release(int taker) {
        for (int i = taker + 1; i < frame.size(); i++) {
            if (frame.event(i).kind() == Kind.UNLOCK
                    && order.po.has(taker, i)
                    && knowledge.isSamePlace(i, taker)) {
                return i;
            }
        }
        return NONE;
    }

    /** {@return whether an event that looks at a lock can see a store to it} */
    boolean isVisible(int store, int watcher) {
        int last = lastTurn(watcher);
        if (isHeld(watcher)) {
            return store == last;
        }
        if (frame.isInitial(store)) {
            return frame.event(watcher).kind() == Kind.FREE;
        }
        boolean busy = frame.event(watcher).kind() == Kind.BUSY;
        return frame.event(store).kind() == (busy ? Kind.LOCK_WRITE : Kind.UNLOCK)
                && (store == last || order.external.has(store, watcher));
    }
}
