// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import dev.cpulocal.Cpu;
import dev.cpulocal.CpuCounter;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.CpuSet;
import dev.cpulocal.Result;
import dev.cpulocal.Sequences;
import dev.cpulocal.environment.Work.Add;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Errno;
import dev.cpulocal.internal.Libc;
import java.lang.invoke.MethodHandles;
import java.util.stream.IntStream;

/** Uses the library, then forbids itself membarrier(2), then uses it again. */
public final class LateFilter {

    private LateFilter() {}

    /** Runs it. */
    public static void main(String... arguments) {
        CpuCounter counter = new CpuCounter();
        CpuMemory memory = CpuMemory.create();
        CpuMemory.Item item = memory.allocate(8);
        Add add = memory.bind(Sequences.LOAD_ADD_STORE, Add.class, MethodHandles.lookup());
        counter.increment();
        add.add(item, 1);
        Probe.tell("execute.before", execute(memory, item));

        Filter.deny(Architecture.current().orElseThrow().membarrierNumber(), Errno.EPERM);
        Probe.tell("execute.after", execute(memory, item));
        Probe.tell(
                "executeOnAll.after",
                Probe.failure(() -> memory.executeOnAll(Sequences.LOAD_ADD_STORE, item, 1L)));
        long expected = 2;
        // On each CPU a sequence commits, so no stop word was left behind.
        for (int cpu : Libc.affinity(0).stream().toArray()) {
            Libc.setAffinity(0, CpuSet.of(cpu));
            Probe.tell("cpu." + cpu, Cpu.current());
            Probe.tell("bound.after", Result.describe(add.add(item, 1)));
            counter.increment();
            expected++;
        }
        Probe.tell("counter.expected", expected - 1);
        Probe.tell("counter", counter.sum());
        Probe.tell("added.expected", expected);
        Probe.tell(
                "added",
                IntStream.range(0, memory.ranges())
                        .mapToLong(range -> memory.getOpaque(item, 0, range))
                        .sum());
        Probe.tell("completions", memory.statistics().completions());
    }

    private static String execute(CpuMemory memory, CpuMemory.Item item) {
        return Probe.failure(() -> memory.execute(0, Sequences.LOAD_ADD_STORE, item, 1L));
    }
}
