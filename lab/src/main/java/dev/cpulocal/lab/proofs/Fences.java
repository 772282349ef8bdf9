// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Kernel;
import dev.cpulocal.lab.kernel.Rseq;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a fence alone: a section that began before it is over, or restarted, after it.
 */
final class Fences {

    private static final int BEFORE = 0;
    private static final int DURING = 1;
    private static final int AFTER = 2;

    private final @Nullable Variable phase;
    private final Map<Model.Task, Local> began = new HashMap<>();

    /**
     * Prepares.
     *
     * @param shown whether anything is to be shown
     */
    Fences(Model.Builder m, boolean shown) {
        phase = shown ? m.ghost("fence", BEFORE) : null;
    }

    /** {@return the index that a section reads, which also notes when it began} */
    Local index(Code c, Rseq rseq) {
        if (phase == null) {
            return c.as("cpu = cpu_id").let("cpu", rseq.cpuId(c));
        }
        Local cpu = c.local("cpu");
        c.atomically(() -> {
            began.put(c.task(), c.as("when it began").let("began", phase.get()));
            c.as("cpu = cpu_id").set(cpu, rseq.cpuId(c));
        });
        return cpu;
    }

    void checkNotFenced(Code c) {
        Local start = began.get(c.task());
        if (phase != null && start != null) {
            c.as("began before the fence, and still there?")
                    .check(
                            "a section that began before a fence does not go on after it",
                            start.ne(BEFORE).or(phase.get().ne(AFTER)));
        }
    }

    /** Fences all CPUs. */
    void fence(Code c, Kernel kernel) {
        if (phase != null) {
            c.as("the fence begins").set(phase.get(), DURING);
            kernel.membarrier().privateExpeditedRseq(c);
            c.as("the fence has ended").set(phase.get(), AFTER);
        }
    }
}
