// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** The test of RS-01 with a worker that never ends: does the reader ever get through? */
final class EndlessMoves {

    /*
     * The count wraps at COUNTS. A reader may then take a later count for an earlier one, and get
     * through where it should not: that is no help to who looks for a way that it never does.
     */

    /** Whether the worker waits between two moves. */
    enum Pause {
        /** It waits for as long as the reader needs for one attempt. */
        USLEEP,
        /** It goes on at once. */
        NONE
    }

    /** A step that a model may say is never taken. */
    static final String RETRY = "the reader has to try again";

    private static final long COUNTS = 8;

    /** Attempts that begin before the worker goes on: the first one has ended by then. */
    private static final long ATTEMPTS = 2;

    private final Pause pause;
    private final Never never;
    private final Variable seqCnt;
    private final Variable through;
    private final Variable attempts;

    EndlessMoves(Model.Builder m, Pause pause, Never never) {
        this.pause = pause;
        this.never = never;
        seqCnt = m.shared("seq_cnt", 0);
        through = m.ghost("the reader is through", 0);
        attempts = m.ghost("attempts since the count is even", 0);
        m.background("vCPU", 0).runs(this::reader);
        m.background("worker", 1).runs(this::worker);
        m.againAndAgain("the reader gets through again and again", through.get());
    }

    private void reader(Code c) {
        c.forever(() -> {
            c.as("ioctl(KVM_RUN)").set(through.get(), 0);
            c.until(() -> {
                var before = attempts.get().plus(1).with(Operator.MIN, Expr.of(ATTEMPTS));
                c.as("an attempt begins").set(attempts.get(), before);
                var count = c.as("snapshot = atomic_read(&seq_cnt) & ~1").load(seqCnt);
                c.as("read sched_getcpu() and cpu_id").rmb();
                var now = c.as("atomic_read(&seq_cnt)").load(seqCnt);
                var same = now.eq(count.and(~1L));
                if (never.step().equals(RETRY)) {
                    c.check("never: " + RETRY, same);
                }
                return same;
            });
            c.as("compare them").set(through.get(), 1);
        });
    }

    private void worker(Code c) {
        c.forever(() -> {
            increment(c);
            c.as("sched_setaffinity()").await(Expr.of(1));
            increment(c);
            c.as("the count is even").set(attempts.get(), 0);
            if (pause == Pause.USLEEP) {
                c.as("usleep(1)").await(attempts.get().eq(ATTEMPTS));
            }
        });
    }

    private void increment(Code c) {
        var count = c.as("count = seq_cnt").load(seqCnt);
        c.as("seq_cnt = count + 1").store(seqCnt, count.plus(1).and(COUNTS - 1));
        c.as("atomic_inc() is a full barrier").mb();
    }
}
