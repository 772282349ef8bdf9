// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;

/** Which signals threads get. */
public enum Signals {

    /** None. */
    NONE {
        @Override
        void declare(Model.Builder m, Kernel kernel) {}
    },

    /** Any number, any time, with a handler that does nothing. */
    ANY_TIME {
        /*
         * Where rseq_cs is NULL such a signal leaves no trace, so it does not come there. The lock
         * orders all accesses on x86-64, and less elsewhere. No proof needs it, as ONE shows; but
         * without it, attempts that are aborted again and again would leave loads behind that nobody
         * uses any more, without end.
         */
        @Override
        void declare(Model.Builder m, Kernel kernel) {
            m.handler(
                    "signal",
                    task -> kernel.isThread(task) ? kernel.rseq().rseqCs(task).ne(0) : null,
                    c -> {
                        c.as("get_signal(): spin_lock_irq(&sighand->siglock)").mb();
                        c.atomically(() -> deliver(c, kernel.rseq()));
                    });
        }
    },

    /** One for each thread, any time, with the handler that {@link Kernel#onSignal} names. */
    ONE {
        @Override
        void declare(Model.Builder m, Kernel kernel) {
            Variable pending = m.hardwares("sigpending", kernel.config().tasks(), 1);
            m.handler(
                    "signal",
                    task -> kernel.isThread(task) ? pending.get(task.id()) : null,
                    c -> {
                        Expr mine = pending.get(c.task().id());
                        c.atomically(() -> {
                            deliver(c, kernel.rseq());
                            c.as("dequeue_signal()").set(mine, 0);
                        });
                        kernel.runSignalHandler(c);
                        c.call(
                                "rt_sigreturn",
                                () -> c.atomically(() -> kernel.rseq().exitFromSyscall(c)));
                    });
        }
    };

    abstract void declare(Model.Builder m, Kernel kernel);

    /** Any abort comes before the handler's frame is built, so sigreturn goes to where it led. */
    private static void deliver(Code c, Rseq rseq) {
        rseq.interruptFromUser(c);
        rseq.deliverSignal(c);
        rseq.exitToUser(c);
    }
}
