// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Sequences;
import java.lang.invoke.MethodHandles;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * One thread adds by machine code on its CPU while another adds, load by load and store by store,
 * on every range from elsewhere. Only stop word and fence keep them apart.
 */
@JCStressTest
@Outcome(
        id = "1",
        expect = ACCEPTABLE,
        desc = "The sequence commits before the fence, or finds the stop word and commits after.")
@Outcome(
        id = "0",
        expect = FORBIDDEN,
        desc = "remote load -> the sequence commits -> remote store: its addition is lost.")
@Outcome(expect = FORBIDDEN, desc = "An addition counts twice or reaches no range.")
@State
public class RemoteAddStress {

    /** The bound sequence. */
    public interface Add {
        /** Adds on this CPU. */
        long add(CpuMemory.Item item, long count);
    }

    private static final Add ADD =
            Fresh.MEMORY.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());

    private final CpuMemory.Item item = Fresh.item();

    /** Adds on this CPU. */
    @Actor
    public void add() {
        var _ = ADD.add(item, 1);
    }

    /** Adds on each. */
    @Actor
    public void addRemotely() {
        var _ = Fresh.MEMORY.executeOnAll(Sequences.LOAD_ADD_STORE, item, 1L);
    }

    /** Reads after both, without what was added remotely. */
    @Arbiter
    public void read(J_Result result) {
        result.r1 = Fresh.sum(item) - Fresh.MEMORY.ranges();
    }
}
