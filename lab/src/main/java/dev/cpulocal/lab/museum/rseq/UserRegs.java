// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.kernel.Section;
import org.jspecify.annotations.Nullable;

/** Where in user mode a thread is that is in the kernel: {@code struct pt_regs}. */
interface UserRegs {

    /** Of a handler, which knows what it interrupted. */
    UserRegs INTERRUPTED =
            new UserRegs() {
                @Override
                public Expr isIn(Code c, Section section) {
                    return c.interruptedIn(section.start(), section.end());
                }

                @Override
                public void goToAbort(Code c, Section section) {
                    c.returnTo(section.abort());
                }
            };

    /** {@return whether it is in a section} */
    Expr isIn(Code c, Section section);

    /** Makes the thread go to the abort_ip of a section when it returns to user mode. */
    void goToAbort(Code c, Section section);

    /** Of a system call. */
    final class OfSyscall implements UserRegs {

        private final @Nullable Section around;
        private final Expr.Local aborted;

        /**
         * A system call begins.
         *
         * @param around the section that it is made in; null if in none
         */
        OfSyscall(Code c, @Nullable Section around) {
            this.around = around;
            aborted = c.as("regs->ip = after the call").let("aborted", Expr.of(0));
        }

        @Override
        public Expr isIn(Code c, Section section) {
            return section.equals(around) ? aborted.not() : Expr.of(0);
        }

        @Override
        public void goToAbort(Code c, Section section) {
            c.set(aborted, 1);
        }

        /** Returns to user mode. */
        void sysret(Code c) {
            if (around != null) {
                c.as("sysret").jumpIf(aborted, around.abort());
            }
        }
    }
}
