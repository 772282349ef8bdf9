// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.engine;

import dev.cpulocal.lab.internal.litmus.LitmusEngine;
import dev.cpulocal.lab.internal.litmus.LitmusSource;
import dev.cpulocal.lab.internal.litmus.MachineEngine;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.lkmm.KernelEngine;

/** The engines. */
public final class Engines {
    private static final String C = "C";
    private static final LitmusEngine MACHINE = new MachineEngine();
    private static final LitmusEngine KERNEL = new KernelEngine();

    private Engines() {}

    /**
     * {@return what runs a test}
     *
     * <p>Those of an architecture that none of them knows end in a {@link Refusal} when they are
     * run.
     */
    public static LitmusEngine of(LitmusSource source) {
        return source.architecture().equals(C) ? KERNEL : MACHINE;
    }
}
