// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import java.util.EnumSet;

/** What happens on CPU 1 while membarrier() is called on CPU 0; A to E as in its comment. */
enum Scene {
    /** A: nothing; it is interrupted, and what comes after that sees what was before the call. */
    A("a thread runs", Pattern.FLAGS),
    /** B: the same the other way round. */
    B("a thread runs", Pattern.MESSAGE),
    /** C: a kernel thread runs, and then the thread again. */
    C_FROM_KTHREAD("kernel thread, then the thread", Pattern.FLAGS),
    /** C: the thread runs, and then a kernel thread. */
    C_TO_KTHREAD("the thread, then a kernel thread", Pattern.MESSAGE),
    /** C: another process runs, and then the thread again. */
    C_FROM_PROCESS("another process, then the thread", Pattern.FLAGS),
    /** C: the thread runs, and then another process. */
    C_TO_PROCESS("the thread, then another process", Pattern.MESSAGE),
    /** D: the thread exits. */
    D_EXIT("the thread exits", Pattern.MESSAGE),
    /** D for a thread that executes another program. */
    D_EXEC("the thread calls exec()", Pattern.MESSAGE),
    /** E: a kernel thread takes the mm and uses it. */
    E_USE("a kernel thread takes the mm", Pattern.FLAGS),
    /** E: it has used the mm and gives it back. */
    E_UNUSE("a kernel thread gives the mm back", Pattern.MESSAGE),
    /** A kernel thread with the mm completes requests in a ring, and gives the mm back. */
    RING("a kernel thread completes requests", Pattern.RING),
    /** The thread comes back after another one of its process. */
    FROM_THREAD("another thread, then the thread", Pattern.FLAGS),
    /** The thread makes way for another one of its process. */
    TO_THREAD("the thread, then another thread", Pattern.MESSAGE);

    /** Those of the comment. */
    static final Scene[] DOCUMENTED = EnumSet.range(A, E_UNUSE).toArray(Scene[]::new);

    private final String title;
    private final Pattern pattern;

    Scene(String title, Pattern pattern) {
        this.title = title;
        this.pattern = pattern;
    }

    /** {@return a few words} */
    String title() {
        return title;
    }

    /** {@return letter and words} */
    String label() {
        return name().charAt(0) + ": " + title;
    }

    /** {@return what is accessed} */
    Pattern pattern() {
        return pattern;
    }
}
