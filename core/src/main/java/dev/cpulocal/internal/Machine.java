// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Sequence;

/** What the library needs of an instruction set. */
public interface Machine {

    /**
     * {@return the code of a sequence}
     *
     * <p>C type: {@code long f(long base, parameters…)}, all parameters of pointer size.
     */
    Code emit(Sequence sequence, Target target);

    /**
     * {@return code that reads 4 bytes relative to the thread pointer}
     *
     * <p>C type: {@code int f(void)}.
     */
    Code readThreadLocal(int offset);

    /**
     * {@return code that calls rseq(2) for the area of the calling thread}
     *
     * <p>C type: {@code long f(long length, long flags, long signature)}; returns 0 or the negative
     * errno. The area's address never leaves the code, because a virtual thread may run elsewhere
     * after the call.
     */
    Code registerThread(int areaOffset, int systemCall);

    /**
     * {@return a restartable section that waits, so that it can be seen to abort}
     *
     * <p>C type: {@code long f(long *entered, long *watched, long turns)}. It sets {@code *entered}
     * to 1, then reads {@code *watched} again and again. It returns 0 when the turns are used up, 1
     * as soon as {@code *watched} has changed, and {@link dev.cpulocal.Result#ABORTED} when
     * aborted.
     */
    Code waitingSection(int areaOffset, int signature);

    /** {@return a function that does nothing: a signal handler} */
    Code doNothing();
}
