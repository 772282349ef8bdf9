// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** A thread whose sections take page faults or are single-stepped. */
final class Attempts {

    /*
     * A page that the section needs may be swapped out at each attempt, and then the fault aborts
     * it: the thread sleeps until the page is there. Memory pressure may take it again before the
     * next attempt. Under a debugger each instruction is followed by a trap, which aborts the
     * section always. cpu_opv() faults pages in and pins them first, and is one instruction for a
     * debugger.
     */

    /** What disturbs the sections, and what comes after an attempt that failed. */
    enum Setting {
        /** Memory pressure; cpu_opv(). */
        PRESSURE_OPV(false, true),
        /** Memory pressure; the section again. */
        PRESSURE(false, false),
        /** A debugger; cpu_opv(). */
        STEPPED_OPV(true, true),
        /** A debugger; the section again. */
        STEPPED(true, false);

        private final boolean stepped;
        private final boolean opv;

        Setting(boolean stepped, boolean opv) {
            this.stepped = stepped;
            this.opv = opv;
        }
    }

    /** A step that a model may say is never taken. */
    static final String ABORTED = "a section is aborted";

    private final Setting setting;
    private final Never never;
    private final Variable present;
    private final Variable committed;

    Attempts(Model.Builder m, Setting setting, Never never) {
        this.setting = setting;
        this.never = never;
        present = m.hardware("the page is there", 1);
        committed = m.ghost("committed", 0);
        m.background("thread", 0).runs(this::thread);
        m.background("memory pressure", 1).runs(this::pressure);
        m.againAndAgain("the thread commits again and again", committed.get());
    }

    private void thread(Code c) {
        c.forever(() -> {
            c.as("the next update").set(committed.get(), 0);
            var attempt = c.label("attempt");
            var abort = c.label("abort_ip");
            var done = c.label("done");
            c.place(attempt);
            section(c, abort);
            c.jump(done);
            c.place(abort);
            never.here(c, ABORTED);
            if (setting.opv) {
                c.call("cpu_opv", () -> cpuOpv(c));
            } else {
                c.as("try again").jump(attempt);
            }
            c.place(done);
        });
    }

    private void section(Code c, Label abort) {
        c.as("rseq->rseq_cs = &cs; compare").await(Expr.of(1));
        if (setting.stepped) {
            c.as("trap of the debugger: ip = abort_ip").jump(abort);
        }
        var there = c.as("touch the page").let("there", present.get());
        c.as("if (it is not there)");
        c.when(
                there.not(),
                () -> {
                    c.as("swap it in").set(present.get(), 1);
                    c.as("preempted meanwhile: ip = abort_ip").jump(abort);
                });
        c.as("commit").set(committed.get(), 1);
    }

    private void cpuOpv(Code c) {
        c.as("get_user_pages(): swap it in, pin it").set(present.get(), 1);
        c.as("preempt_disable(); execute the vector").set(committed.get(), 1);
    }

    private void pressure(Code c) {
        c.forever(() -> c.as("swap the page out").set(present.get(), 0));
    }
}
