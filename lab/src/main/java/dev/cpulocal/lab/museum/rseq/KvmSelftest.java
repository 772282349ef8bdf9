// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** The test of RS-01, {@code tools/testing/selftests/kvm/rseq_test.c}, as it was and became. */
final class KvmSelftest {

    /*
     * The vCPU thread calls KVM_RUN and then compares its rseq cpu_id with what sched_getcpu()
     * says, while the worker moves it from CPU to CPU. The test must fail on no correct kernel. On
     * one that forgets cpu_id in KVM_RUN it should be able to fail.
     *
     * Where the vCPU thread is, and its cpu_id, are hardware state: a move changes both at once, or
     * only the first while the thread is in KVM_RUN, if the kernel is not correct.
     * sched_setaffinity() leaves a request, which the stopper of the thread's CPU finds and
     * answers; it is assumed to order nothing else. An attempt of the reader ends with a full
     * barrier, which the test has not, so that the next one is not begun ahead; there is nothing
     * left for it to order. The load balancer moves the thread any time unless its affinity has
     * been set. There are so many moves that what is to be seen can be seen.
     */

    /** How the vCPU thread sees that it was not moved between its two reads. */
    enum Check {
        /** It calls sched_getcpu() again. */
        AGAIN,
        /** The worker moves it with a mutex held, which it holds too. */
        MUTEX,
        /** The worker's count is even and the same before and after. */
        SEQCOUNT,
        /** The worker's count is the same before and after. */
        SAME_COUNT
    }

    /** What orders the worker's changes of its count. */
    enum Increment {
        /** An atomic instruction that orders nothing, with smp_wmb() beside the move. */
        WITH_WMB,
        /** An atomic instruction that orders everything. */
        ORDERED,
        /** An atomic instruction that orders nothing. */
        RELAXED
    }

    /** Who is moved. */
    enum Target {
        /** The vCPU thread, which nobody else moves. */
        VCPU_ALONE,
        /** The vCPU thread, which the load balancer moves until then. */
        VCPU,
        /** The worker itself; the load balancer moves the vCPU thread. */
        WORKER
    }

    /** A test and the kernel that it tests. */
    record Setup(Check check, Increment increment, Target target, boolean correctKernel) {

        /** The test that was merged, if it moves the right thread, of a correct kernel. */
        static final Setup MERGED =
                new Setup(Check.SEQCOUNT, Increment.WITH_WMB, Target.VCPU_ALONE, true);

        Setup with(Check newCheck) {
            return new Setup(newCheck, increment, target, correctKernel);
        }

        Setup with(Increment newIncrement) {
            return new Setup(check, newIncrement, target, correctKernel);
        }

        Setup with(Target newTarget) {
            return new Setup(check, increment, newTarget, correctKernel);
        }

        Setup onStaleKernel() {
            return new Setup(check, increment, target, false);
        }
    }

    /** A step that a model may say is never taken. */
    static final String MOVED = "the thread is moved between its two reads";

    private static final int MOVES = 2;
    private static final int WINDOW = 16;

    private final Setup setup;
    private final Never never;
    private final Variable seqCnt;
    private final Variable cpu;
    private final Variable cpuId;
    private final Variable inKvmRun;
    private final Variable mutex;
    private final Variable pinned;
    private final Variable request;
    private final Variable moves;

    KvmSelftest(Model.Builder m, Setup setup, Never never) {
        this.setup = setup;
        this.never = never;
        seqCnt = m.shared("seq_cnt", 0);
        cpu = m.hardware("cpu of vCPU", 0);
        cpuId = m.hardware("rseq.cpu_id", 0);
        inKvmRun = m.hardware("in KVM_RUN", 0);
        mutex = m.hardware("mutex", 0);
        request = m.shared("affinity", 0);
        moves = m.hardware("moves", 0);
        pinned = m.hardware("affinity is set", setup.target == Target.VCPU_ALONE ? 1 : 0);
        m.window(WINDOW);
        m.task("vCPU", 0, this::vcpu);
        m.task("worker", 1, this::worker);
        if (setup.target != Target.WORKER) {
            m.task("stopper", 2, this::stopper);
        }
        if (setup.target != Target.VCPU_ALONE) {
            m.task("load balancer", setup.target == Target.WORKER ? 2 : 3, this::balance);
        }
    }

    /* ------------------------- The vCPU thread ------------------------- */

    private void vcpu(Code c) {
        c.as("ioctl(KVM_RUN)").set(inKvmRun.get(), 1);
        c.as("back from KVM_RUN").set(inKvmRun.get(), 0);
        var sched = c.local("cpu");
        var rseq = c.local("rseq_cpu");
        Expr moved =
                switch (setup.check) {
                    case AGAIN -> readTwice(c, sched, rseq);
                    case MUTEX -> readLocked(c, sched, rseq);
                    case SEQCOUNT, SAME_COUNT -> readCounted(c, sched, rseq);
                };
        String kernel = setup.correctKernel ? "a correct kernel" : "a kernel with the bug";
        c.check("the test does not fail on " + kernel, rseq.eq(sched).or(moved));
    }

    private void read(Code c, Local sched, Local rseq) {
        c.as("cpu = sched_getcpu()").set(sched, cpu.get());
        c.as("rseq_cpu = __rseq.cpu_id").set(rseq, cpuId.get());
        if (never.step().equals(MOVED)) {
            c.check("never: " + MOVED, rseq.eq(sched));
        }
    }

    private Expr readTwice(Code c, Local sched, Local rseq) {
        read(c, sched, rseq);
        return sched.ne(c.as("again = sched_getcpu()").let("again", cpu.get()));
    }

    private Expr readLocked(Code c, Local sched, Local rseq) {
        locked(c, () -> read(c, sched, rseq));
        return Expr.of(0);
    }

    private void locked(Code c, Runnable body) {
        c.atomically(() -> {
            c.as("pthread_mutex_lock()").await(mutex.get().not());
            c.set(mutex.get(), 1);
        });
        body.run();
        c.as("pthread_mutex_unlock()").set(mutex.get(), 0);
    }

    private Expr readCounted(Code c, Local sched, Local rseq) {
        long mask = setup.check == Check.SEQCOUNT ? ~1 : ~0;
        c.until(() -> {
            var count = c.as("snapshot = atomic_read(&seq_cnt) & " + mask).load(seqCnt);
            c.rmb();
            read(c, sched, rseq);
            c.rmb();
            var same = c.as("atomic_read(&seq_cnt)").load(seqCnt).eq(count.and(mask));
            c.as("the attempt has ended").mb();
            c.as("whatever it read").await(moves.get().le(MOVES));
            return same;
        });
        return Expr.of(0);
    }

    /* ------------------------- Who moves it ------------------------- */

    private void worker(Code c) {
        for (int move = 1; move <= MOVES; move++) {
            int number = move;
            switch (setup.check) {
                case AGAIN -> setAffinity(c, number);
                case MUTEX -> locked(c, () -> setAffinity(c, number));
                case SEQCOUNT, SAME_COUNT -> {
                    increment(c);
                    wmb(c);
                    setAffinity(c, number);
                    wmb(c);
                    increment(c);
                }
            }
        }
    }

    private void increment(Code c) {
        c.as("atomic_inc(&seq_cnt)");
        if (setup.increment == Increment.ORDERED) {
            c.fetchAdd(seqCnt, 1);
        } else {
            c.add(seqCnt, 1);
        }
    }

    private void wmb(Code c) {
        if (setup.increment == Increment.WITH_WMB) {
            c.wmb();
        }
    }

    private void setAffinity(Code c, int move) {
        if (setup.target == Target.WORKER) {
            c.as("sched_setaffinity(0): moves the worker").await(Expr.of(1));
        } else {
            c.as("sched_setaffinity(CPU " + move % 2 + ")").store(request, move);
            c.as("wait for the stopper").await(moves.get().eq(move));
        }
    }

    private void stopper(Code c) {
        for (int move = 1; move <= MOVES; move++) {
            int number = move;
            c.until(() -> c.as("what is to be done").load(request).eq(number));
            c.atomically(() -> {
                c.as("the affinity is set").set(pinned.get(), 1);
                move(c, Expr.of(number % 2));
                c.as("complete(&done)").set(moves.get(), number);
            });
        }
    }

    private void balance(Code c) {
        for (int move = 1; move <= MOVES; move++) {
            c.atomically(() -> {
                var to = c.let("to", cpu.get().with(Expr.Operator.XOR, pinned.get().not()));
                c.as("migrate, unless its affinity is set");
                move(c, to);
            });
        }
    }

    private void move(Code c, Expr to) {
        c.set(cpu.get(), to);
        if (setup.correctKernel) {
            c.as("rseq.cpu_id = cpu").set(cpuId.get(), to);
        } else {
            c.as("if (it is not in KVM_RUN)");
            c.when(inKvmRun.get().not(), () -> c.set(cpuId.get(), to));
        }
    }
}
