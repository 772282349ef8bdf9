// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import java.util.function.Consumer;

/**
 * An interprocessor interrupt whose sender waits for its handler: {@code
 * smp_call_function_single(cpu, func, NULL, 1)}.
 *
 * <p>Neither the request nor the answer orders any access. The kernel's implementation does, by the
 * atomic instructions on its queue; no verdict here relies on it.
 */
public final class Ipi {

    private final Variable pending;

    /**
     * Adds the interrupt to a model.
     *
     * @param name the function that handles it
     * @param cpus how many CPUs there are
     * @param body what the function does
     */
    public Ipi(Model.Builder m, String name, int cpus, Consumer<Code> body) {
        this(m, "ipi", name, cpus, body);
    }

    /**
     * Adds the interrupt to a model that has another one.
     *
     * @param variable what traces call the request
     * @param name the function that handles it
     * @param cpus how many CPUs there are
     * @param body what the function does
     */
    public Ipi(Model.Builder m, String variable, String name, int cpus, Consumer<Code> body) {
        pending = m.hardwares(variable, cpus, 0);
        Expr here = pending.get(new Expr.Cpu());
        m.interrupt(
                name,
                _ -> here,
                c -> {
                    body.accept(c);
                    c.as("done").set(here, 0);
                });
    }

    /** Interrupts a CPU, and waits until it has handled it. */
    public void callAndWait(Code c, int cpu) {
        c.as("send IPI to CPU " + cpu).set(pending.get(cpu), 1);
        c.as("wait for it").await(pending.get(cpu).not());
    }
}
