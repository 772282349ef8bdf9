// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** A writer of liburcu that waits for a reader, woken when nobody has woken it. */
final class SpuriousWakeUp {

    /*
     * As in the kernel, FUTEX_WAIT returns at once if the futex is not what it should be, and can
     * return 0 although nobody called FUTEX_WAKE. The writer then counts down once more, and looks
     * at the reader again.
     */

    /** What the writer does when it is woken. */
    enum Woken {
        /** It looks at the futex again, and sleeps again if it is still -1. */
        LOOKS,
        /** It takes it for the reader. */
        GOES_ON
    }

    /** A step that a model may say is never taken. */
    static final String SPURIOUS = "the writer is woken by nobody";

    private static final long WAITING = -1;

    private final Woken woken;
    private final Never never;
    private final Variable ctr;
    private final Variable futex;
    private final Variable wakes;

    SpuriousWakeUp(Model.Builder m, Woken woken, Never never) {
        this.woken = woken;
        this.never = never;
        ctr = m.shared("reader.ctr", 1);
        futex = m.shared("futex", 0);
        wakes = m.hardware("FUTEX_WAKE", 0);
        m.task("reader", 0, this::reader);
        m.task("writer", 1, c -> c.call("wait_for_readers", () -> waitForReaders(c)));
        m.always("the futex is 0 or -1", Expr.of(WAITING).le(futex.get()));
    }

    private void reader(Code c) {
        c.as("reader.ctr = 0").store(ctr, 0);
        c.as("cmm_smp_mb()").mb();
        var waiting = c.as("futex").load(futex);
        c.as("if (futex == -1)");
        c.when(
                waiting.eq(WAITING),
                () -> {
                    c.as("futex = 0").store(futex, 0);
                    c.as("cmm_smp_mb() /* system call */").mb();
                    c.as("futex(FUTEX_WAKE)").set(wakes.get(), 1);
                });
    }

    private void waitForReaders(Code c) {
        c.until(() -> {
            c.as("uatomic_dec(&futex)").fetchAdd(futex, WAITING);
            var active = c.as("reader.ctr").load(ctr);
            c.as("if (the reader is active)");
            c.when(active, () -> c.call("wait_gp", () -> waitGp(c)), () -> reset(c));
            return active.not();
        });
    }

    private void reset(Code c) {
        c.as("cmm_smp_mb()").mb();
        c.as("futex = 0").store(futex, 0);
    }

    private void waitGp(Code c) {
        if (woken == Woken.LOOKS) {
            c.until(() -> {
                futexWait(c);
                return c.as("futex").load(futex).ne(WAITING);
            });
        } else {
            futexWait(c);
        }
    }

    private void futexWait(Code c) {
        var done = c.label("futex done");
        var now = c.as("futex(FUTEX_WAIT, -1): futex").load(futex);
        c.as("if (it is not -1) return").jumpIf(now.ne(WAITING), done);
        var spurious = c.as("woken by somebody or by nobody").choose("spurious", 2);
        c.as("if (by somebody)");
        c.when(
                spurious.not(),
                () -> c.as("sleep until FUTEX_WAKE").await(wakes.get()),
                () -> never.here(c, SPURIOUS));
        c.place(done);
    }
}
