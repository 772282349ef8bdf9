// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.membarrier.Kernel.Answer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** {@code membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0)}, called on CPU 0. */
final class Expedited {

    /** Steps that a model may say are never taken. */
    static final String SKIPPED = "the IPI is skipped";

    static final String SENT = "the IPI is sent";

    private static final String NAME = "ipi_mb";

    private final Kernel kernel;
    private final Never never;
    private final Consumer<Code> interruptOther;

    Expedited(Model.Builder m, Kernel kernel, Never never) {
        this(m, kernel, never, 2);
    }

    /**
     * Adds the interrupt to a model.
     *
     * @param cpus how many CPUs there are
     */
    Expedited(Model.Builder m, Kernel kernel, Never never, int cpus) {
        this.kernel = kernel;
        this.never = never;
        Consumer<Code> body = c -> kernel.barrier(c, Barrier.IPI);
        if (kernel.answer() == Answer.AT_ONCE) {
            Ipi ipi = new Ipi(m, NAME, cpus, body);
            interruptOther = c -> ipi.callAndWait(c, 1);
        } else {
            Csd csd = new Csd(m, NAME, kernel.answer() == Answer.ORDERED, body);
            interruptOther = c -> csd.callAndWait(c, 1);
        }
    }

    /**
     * Calls it.
     *
     * @param ifRuns does the one thing if CPU 1 is to be interrupted, else the other
     */
    void call(Code c, BiConsumer<Runnable, Runnable> ifRuns) {
        c.call(
                "membarrier_private_expedited",
                () -> {
                    kernel.barrier(c, Barrier.ENTRY);
                    ifRuns.accept(() -> interrupt(c), () -> never.here(c, SKIPPED));
                    kernel.barrier(c, Barrier.EXIT);
                });
    }

    private void interrupt(Code c) {
        never.here(c, SENT);
        interruptOther.accept(c);
    }
}
