// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.museum.fpu.FpuWing;
import dev.cpulocal.lab.museum.membarrier.MembarrierWing;
import dev.cpulocal.lab.museum.mmcid.MmCidWing;
import dev.cpulocal.lab.museum.opv.OpvWing;
import dev.cpulocal.lab.museum.powerpc.PowerpcWing;
import dev.cpulocal.lab.museum.rcu.RcuWing;
import dev.cpulocal.lab.museum.rseq.RseqWing;
import dev.cpulocal.lab.museum.tlb.TlbWing;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The entries of the museum. */
public final class Museum {

    private Museum() {}

    /** {@return all entries, by id} */
    public static List<Exhibit> all() {
        return Stream.of(
                        MembarrierWing.all(),
                        TlbWing.all(),
                        FpuWing.all(),
                        RseqWing.all(),
                        MmCidWing.all(),
                        OpvWing.all(),
                        RcuWing.all(),
                        PowerpcWing.all())
                .flatMap(List::stream)
                .sorted(Comparator.comparing(Exhibit::id))
                .toList();
    }

    /** {@return their scenarios} */
    public static List<Scenario> scenarios() {
        return all().stream().map(Exhibit::scenario).toList();
    }
}
