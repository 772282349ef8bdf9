// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;

/** MB-19: the change that changed nothing. */
final class Mb19 {

    /*
     * Two kernels side by side, one with the old test and one with the new. They begin with any of
     * the 256 values of mm->membarrier_state, and register again and again, for either command,
     * both for the same. If they ever differed, in what they return or in the state, somebody
     * could tell. Registering is a matter of one thread here: any memory model will do.
     */

    private static final String ID = "MB-19";
    private static final String SKIPPED = "a registration is skipped";
    private static final int STATES = 256;
    private static final long PRIVATE = 1;
    private static final long PRIVATE_READY = 2;
    private static final long SYNC_CORE = 16;
    private static final long SYNC_CORE_READY = 32;

    /** What a registration for SYNC_CORE looks for. */
    private enum Ready {
        /** ready_state = SYNC_CORE_READY. */
        ONE_BIT(SYNC_CORE_READY),
        /** ready_state |= SYNC_CORE_READY. */
        BOTH_BITS(PRIVATE_READY | SYNC_CORE_READY);

        private final long syncCore;

        Ready(long syncCore) {
            this.syncCore = syncCore;
        }
    }

    private final Ready ready;
    private final Never never;
    private final boolean anyState;
    private final Variable old;
    private final Variable now;

    private Mb19(Model.Builder m, Ready ready, boolean anyState, Never never) {
        this.ready = ready;
        this.anyState = anyState;
        this.never = never;
        old = m.hardware("state with the old test", 0);
        now = m.hardware("state with the new test", 0);
        m.task("task", 0, this::task);
        m.always("both kernels have the same state", old.get().eq(now.get()));
    }

    private void task(Code c) {
        if (anyState) {
            c.atomically(() -> {
                var state = c.choose("state", STATES);
                c.set(old.get(), state);
                c.set(now.get(), state);
            });
        }
        c.forever(() -> {
            var syncCore = c.as("register for SYNC_CORE or not").choose("SYNC_CORE", 2);
            c.call(
                    "membarrier_register_private_expedited",
                    () ->
                            c.when(
                                    syncCore,
                                    () -> register(c, ready.syncCore, PRIVATE | SYNC_CORE),
                                    () -> register(c, PRIVATE_READY, PRIVATE)));
        });
    }

    private void register(Code c, long readyState, long setState) {
        Expr before = c.as("state_mm = atomic_read(&mm->membarrier_state)").let("s", now.get());
        Expr beforeOld = c.let("s_old", old.get());
        Expr newTest = before.and(readyState).eq(readyState);
        Expr oldTest = beforeOld.and(readyState).isTrue();
        c.atomically(() -> {
            update(c, "old", old, oldTest, readyState | setState);
            update(c, "new", now, newTest, readyState | setState);
        });
        if (!never.equals(Never.NOTHING)) {
            c.when(newTest, () -> never.here(c, SKIPPED));
        }
    }

    private static void update(Code c, String which, Variable state, Expr skips, long bits) {
        Expr all = state.get().with(Operator.OR, Expr.of(bits));
        c.as("the " + which + " test: return 0 or register")
                .set(state.get(), choice(skips, state.get(), all));
    }

    /** {@return one of two values, by arithmetic} */
    private static Expr choice(Expr condition, Expr yes, Expr no) {
        return no.plus(condition.isTrue().with(Operator.MULTIPLY, yes.minus(no)));
    }

    /* ------------------------- The entry ------------------------- */

    static Exhibit exhibit() {
        return Exhibit.of(ID, "The logic flaw that was none", Area.MEMBARRIER)
                .kernels("none: a fix in 5.4 and stable trees for a fault that was not there")
                .bounds("every state of 8 bits, any number of registrations")
                .story(
                        """
                        A process registers for private expedited membarrier(), and then for \
                        SYNC_CORE. The fix says that the test whether it is ready already is \
                        wrong, so that the second registration is skipped, and compares all bits \
                        of a mask instead of any. But the mask has one bit: for SYNC_CORE it is \
                        replaced, not extended. For one bit, any and all are the same.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "19 September 2019",
                        "sched/membarrier: Fix private expedited registration check; fc0d77387cb5,"
                                + " Linux 5.4",
                        "If a private expedited membarrier registration is first performed, and"
                                + " then a private expedited sync_core registration is performed,"
                                + " the ready state check will skip the second registration when"
                                + " it really should not.")
                .settled(
                        Outcome.REFUTED,
                        "old and new",
                        "The old test and the new one skip the same registrations, in all states"
                                + " and sequences. \"mask of both bits\" is the code of which the"
                                + " claim would be true.")
                .derived(
                        "That the commit changes nothing is our conclusion from the code of its"
                                + " time, in which the mask is PRIVATE_EXPEDITED_READY or"
                                + " PRIVATE_EXPEDITED_SYNC_CORE_READY.")
                .reference(
                        variant(
                                        "old and new",
                                        "The code of 5.3 beside that of 5.4.",
                                        Ready.ONE_BIT,
                                        true)
                                .holds(SC))
                .variant(
                        variant(
                                        "mask of both bits",
                                        "Code that never was: the mask is extended.",
                                        Ready.BOTH_BITS,
                                        false)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant variant(String name, String text, Ready ready, boolean anyState) {
        return Variant.of(name, text, model(name, ready, anyState, Never.NOTHING));
    }

    private static Variant reached() {
        String name = Exhibit.REACHED + SKIPPED;
        Model model = model(name, Ready.ONE_BIT, false, new Never(SKIPPED));
        return Variant.of(name, "The same, said never to do this.", model).violated(SC);
    }

    private static Model model(String name, Ready ready, boolean anyState, Never never) {
        return Model.build(ID + " " + name, m -> new Mb19(m, ready, anyState, never));
    }
}
