// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import dev.cpulocal.lab.Code;

/** What the scheduler tells restartable sequences. */
interface SwitchHooks {

    /** The thread gives its CPU away. */
    void scheduledOut(Code c);

    /** The thread is to run on another CPU than before. */
    void moved(Code c);

    /** The thread is about to run. */
    void scheduledIn(Code c);
}
