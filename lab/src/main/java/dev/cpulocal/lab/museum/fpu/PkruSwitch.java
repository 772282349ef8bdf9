// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;
import static dev.cpulocal.lab.museum.fpu.Preemption.here;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** PKRU: the register that says which memory protection keys a task may use. */
final class PkruSwitch implements Preemption.Context {

    /*
     * Two tasks on one CPU. A reader sleeps in read() and then copies into its buffer, which has a
     * key; the other computes in user mode. One of them may access memory with that key, the other
     * may not; which is which makes no difference to the order of steps, but to what goes wrong.
     * PKRU is all there is of the FPU here, and neither task changes its own.
     */

    /** When PKRU becomes the next task's. */
    enum When {
        /** At the switch: since Linux 5.2. */
        AT_SWITCH,
        /** On the way to user mode, with the other registers. */
        AT_EXIT,
        /** On the way to user mode, and before each access of user memory. */
        AT_ACCESS
    }

    /** A step that a model may say is never taken. */
    static final String AFTER_OTHER = "the access comes after another task's turn";

    private static final long DENIES = 0;
    private static final long ALLOWS = 1;

    private final When when;
    private final Never never;
    private final Variable pkru;
    private final Variable task;
    private final Variable otherRan;
    private final Preemption preemption;

    PkruSwitch(Model.Builder m, When when, boolean readerMay, Never never) {
        this.when = when;
        this.never = never;
        long reader = readerMay ? ALLOWS : DENIES;
        pkru = m.hardware("PKRU", reader);
        task = m.hardwares("thread.pkru", List.of(reader, ALLOWS - reader));
        otherRan = m.ghost("other ran", 0);
        preemption = new Preemption(m, this, 1, List.of(Who.user("reader"), Who.user("other")));
        preemption.runs(this::reader);
        preemption.runs(this::other);
    }

    private void reader(Code c) {
        preemption.inUserMode(c, () -> Preemption.idle(c, "compute"));
        c.call("read", () -> read(c));
        exitToUserMode(c);
    }

    private void read(Code c) {
        Preemption.idle(c, "anything that sleeps");
        if (when == When.AT_ACCESS) {
            load(c);
        }
        c.as("copy_to_user()");
        c.check(
                "the key of the buffer is looked up in the PKRU of the task",
                pkru.get(here()).eq(task.get(current(c))));
        Preemption.when(c, "another task ran", otherRan.get(), () -> never.here(c, AFTER_OTHER));
    }

    private void other(Code c) {
        exitToUserMode(c);
        preemption.inUserMode(c, () -> c.set(otherRan.get(), 1));
    }

    private void load(Code c) {
        c.as("wrpkru(current->thread.pkru)").set(pkru.get(here()), task.get(current(c)));
    }

    @Override
    public void switchOut(Code c) {}

    @Override
    public void switchIn(Code c) {
        if (when == When.AT_SWITCH) {
            load(c);
        }
    }

    @Override
    public void exitToUserMode(Code c) {
        if (when != When.AT_SWITCH) {
            c.withoutInterrupts(() -> load(c));
        }
    }
}
