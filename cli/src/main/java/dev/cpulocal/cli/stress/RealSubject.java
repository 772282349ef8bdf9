// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.Cpu;
import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Result;
import dev.cpulocal.Sequences;
import java.lang.invoke.MethodHandles;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The library: counters, a bound compare-and-store, and the same from elsewhere. */
final class RealSubject implements Subject {

    /** The bound {@link Sequences#LOAD_CBNE_STORE}. */
    interface CompareAndStore {
        /** {@return the result} */
        long call(CpuMemory.Item item, long expected, long replacement);
    }

    private final CpuCounters kept;
    private final CpuCounters drained;
    private final CpuMemory memory;
    private final CpuMemory.Item ticket;
    private final CompareAndStore compareAndStore;

    RealSubject(IndexMode index) {
        kept = new CpuCounters(COUNTERS, index);
        drained = new CpuCounters(COUNTERS, index);
        memory = CpuMemory.create(index, CpuMemory.MIN_STRIDE_BYTES);
        ticket = memory.allocate(Long.BYTES);
        compareAndStore =
                memory.bind(
                        Sequences.LOAD_CBNE_STORE, CompareAndStore.class, MethodHandles.lookup());
    }

    @Override
    public void addToKept(int counter) {
        kept.increment(counter);
    }

    @Override
    public long kept(int counter) {
        return kept.sum(counter);
    }

    @Override
    public void addToDrained(int counter) {
        drained.increment(counter);
    }

    @Override
    public long drain(int counter) {
        return drained.sumThenReset(counter);
    }

    /**
     * The read is of the range that the thread is likely to be on, and on the next ones if that was
     * wrong: where the platform does not say, any range may be the one.
     */
    @Override
    public boolean takeTicket() {
        int ranges = memory.ranges();
        int likely = memory.indexMode() == IndexMode.CPU_ID ? Cpu.current() : Cpu.concurrencyId();
        for (int i = 0; i < ranges; i++) {
            long number = memory.getOpaque(ticket, 0, Math.floorMod(likely + i, ranges));
            if (Result.isCommitted(compareAndStore.call(ticket, number, number + 1))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean takeTicketElsewhere(RandomGenerator random) {
        int range = random.nextInt(memory.ranges());
        long number = memory.getOpaque(ticket, 0, range);
        return Result.isCommitted(
                memory.execute(range, Sequences.LOAD_CBNE_STORE, ticket, number, number + 1));
    }

    @Override
    public long tickets() {
        return IntStream.range(0, memory.ranges())
                .mapToLong(range -> memory.getOpaque(ticket, 0, range))
                .sum();
    }

    @Override
    public long atomicAdditions() {
        return IntStream.range(0, COUNTERS).mapToLong(kept::atomicSum).sum();
    }

    @Override
    public long retries() {
        return memory.statistics().retries();
    }

    @Override
    public long completions() {
        return memory.statistics().completions();
    }

    @Override
    public long stops() {
        return memory.statistics().stops();
    }
}
