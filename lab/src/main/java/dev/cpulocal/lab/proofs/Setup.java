// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.kernel.Flaw;
import dev.cpulocal.lab.kernel.Kernel;
import dev.cpulocal.lab.kernel.Signals;
import dev.cpulocal.lab.kernel.Version;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What varies between the models of a proof.
 *
 * @param kernel the kernel
 * @param mutants what the library has wrong
 * @param unreached a step that is claimed never to be taken; empty if none is. The claim must be
 *     violated: a model that holds because the step cannot be reached would prove nothing.
 */
record Setup(Kernel.Config kernel, Set<Mutant> mutants, String unreached) {

    private static final int CPUS = 2;
    private static final int THREADS = 3;

    /** Three threads on two CPUs. */
    static final Setup RIGHT = new Setup(Kernel.Config.of(CPUS, THREADS), Set.of(), "");

    Setup with(UnaryOperator<Kernel.Config> change) {
        return new Setup(change.apply(kernel), mutants, unreached);
    }

    Setup with(Version version) {
        return with(config -> config.with(version));
    }

    Setup with(Signals signals) {
        return with(config -> config.with(signals));
    }

    Setup with(Flaw flaw) {
        return with(config -> config.with(EnumSet.of(flaw)));
    }

    Setup with(Mutant mutant) {
        return new Setup(kernel, EnumSet.of(mutant), unreached);
    }

    Setup claiming(String step) {
        return new Setup(kernel, mutants, step);
    }

    boolean has(Mutant mutant) {
        return mutants.contains(mutant);
    }

    /** Marks the place of a step that may be claimed never to be taken. */
    void step(Code c, String name) {
        if (name.equals(unreached)) {
            c.check("never: " + name, Expr.of(0));
        }
    }
}
