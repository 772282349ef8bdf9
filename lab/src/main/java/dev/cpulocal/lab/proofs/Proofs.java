// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Scenario;
import java.util.ArrayList;
import java.util.List;

/** The proofs of the library. */
public final class Proofs {

    private Proofs() {}

    /** {@return all of them: each sequence of the catalogue, and the protocols around them} */
    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(Catalogue.scenarios());
        all.add(StopWordProof.scenario());
        all.add(ReleaseProof.scenario());
        all.add(FallbackProof.scenario());
        all.add(SplitHalvesProof.scenario());
        all.add(RegistrationProof.scenario());
        all.add(KernelProof.scenario());
        all.add(MembarrierProof.scenario());
        all.add(RcuProof.scenario());
        all.add(ProgressProof.scenario());
        return List.copyOf(all);
    }
}
