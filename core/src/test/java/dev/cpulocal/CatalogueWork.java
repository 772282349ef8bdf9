// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Target.Injection;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Work for threads with a sequence of the catalogue, in bare attempts, of which it can be told
 * whether some of it was lost or done twice.
 */
abstract class CatalogueWork {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Makes a published value recognisable. */
    static final long FACTOR = 1_000_003;

    final CpuMemory memory;

    /** What a commit changes. */
    final Item word;

    private final MethodHandle attempt;
    private final LongAdder commits = new LongAdder();

    private CatalogueWork(CpuMemory memory, MethodHandle attempt) {
        this(memory, attempt, Long.BYTES);
    }

    /** Work whose word is the first of an item. */
    CatalogueWork(CpuMemory memory, MethodHandle attempt, int itemBytes) {
        this.memory = memory;
        this.attempt = spread(attempt);
        this.word = memory.allocate(itemBytes);
    }

    /**
     * {@return work for a sequence}
     *
     * @param sequence one of the catalogue
     * @param memory where it works
     * @param attempt what tries the sequence, or one like it, once
     */
    static CatalogueWork of(Sequence sequence, CpuMemory memory, MethodHandle attempt) {
        return switch (sequence.name()) {
            case "load_add_store", "counter-add" -> new Addition(memory, attempt);
            case "load_add_load_load_add_store" -> new Chase(memory, attempt);
            case "load_cbne_store" -> new Exchange(memory, attempt);
            case "load_cbne_load_cbne_store" -> new SecondComparison(memory, attempt);
            case "load_cbne_store_store", "load_cbne_store_store_release" ->
                    new Publication(memory, attempt);
            case "load_cbne_memcpy_store", "load_cbne_memcpy_store_release" ->
                    new Copy(memory, attempt);
            case "lock" -> new Locked(memory, attempt);
            case "rcu-read-lock" -> new Claimed(memory, attempt);
            case "list-take-all" -> new Removal(memory, attempt);
            case "load_cbeq_store_add_load_store", "list-push" ->
                    new Circulation.Nodes(sequence, memory, attempt);
            case "buffer-push", "buffer-push-release", "buffer-pop" ->
                    new Circulation.Values(sequence, memory, attempt);
            case "record-push", "record-push-release", "buffer-take" ->
                    new Circulation.Records(sequence, memory, attempt);
            case "magazine-push", "magazine-pop" ->
                    new Circulation.Handles(sequence, memory, attempt);
            case "magazine-load", "magazine-unload" ->
                    new Circulation.Batches(sequence, memory, attempt);
            default -> throw new AssertionError("no work for " + sequence);
        };
    }

    private static MethodHandle spread(MethodHandle handle) {
        int arguments = handle.type().parameterCount() - 1;
        return handle.asSpreader(1, Object[].class, arguments);
    }

    /** {@return what tries another sequence} Boundaries are those of the one it works with. */
    final MethodHandle undisturbed(Sequence other) {
        Engine engine = memory.internals().engine().with(Injection.NONE);
        return spread(engine.link(other, memory.strideBytes(), memory.ranges()));
    }

    /** {@return native memory for each thread} */
    static ThreadLocal<MemorySegment> perThread(int bytes) {
        return ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(bytes, Long.BYTES));
    }

    /** Does it once; {@return what the sequence answers}. */
    abstract long step(int step);

    /** Fails if something was lost, when nobody works any more. */
    abstract void assertNothingIsLost();

    /** Tries until it is decided. */
    final long call(Object... arguments) {
        long result = call(attempt, arguments);
        if (Result.isCommitted(result)) {
            commits.increment();
        }
        return result;
    }

    final long call(MethodHandle spread, Object... arguments) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        long result = Result.ABORTED;
        while (Result.isTransient(result)) {
            assertTrue(System.nanoTime() < deadline, "it is never decided");
            try {
                result = (long) spread.invokeExact(memory.internals().base(), arguments);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
        return result;
    }

    final long commits() {
        return commits.sum();
    }

    /** {@return the range where the calling thread is, or a moment ago} */
    final int currentRange() {
        int current = memory.indexMode() == IndexMode.CPU_ID ? Cpu.current() : Cpu.concurrencyId();
        return Math.clamp(current, 0, memory.ranges() - 1);
    }

    final IntStream ranges() {
        return IntStream.range(0, memory.ranges());
    }

    final long sum() {
        return ranges().mapToLong(range -> memory.getOpaque(word, 0, range)).sum();
    }

    final Item filled(int bytes, long value) {
        Item item = memory.allocate(bytes);
        ranges().forEach(range -> memory.setOpaque(item, bytes - Long.BYTES, range, value));
        return item;
    }

    final long offset(Item item) {
        return item.offset();
    }

    /** Adds. */
    private static final class Addition extends CatalogueWork {
        Addition(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        @Override
        long step(int step) {
            return call(offset(word), 3L);
        }

        @Override
        void assertNothingIsLost() {
            assertEquals(3 * commits(), sum());
        }
    }

    /** Adds where two pointers lead. */
    private static final class Chase extends CatalogueWork {
        private final Item node = filled(16, word.offset());
        private final Item pointer = filled(8, node.offset());

        Chase(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        @Override
        long step(int step) {
            return call(offset(pointer), 8L, 3L);
        }

        @Override
        void assertNothingIsLost() {
            assertEquals(3 * commits(), sum());
        }
    }

    /** Counts by compare-and-store. */
    private static class Exchange extends CatalogueWork {
        Exchange(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        @Override
        final long step(int step) {
            long seen = memory.getOpaque(word, 0, currentRange());
            return exchange(seen, seen + 1);
        }

        long exchange(long seen, long next) {
            return call(offset(word), seen, next);
        }

        @Override
        void assertNothingIsLost() {
            assertEquals(commits(), sum());
        }
    }

    private static final class SecondComparison extends Exchange {
        private final Item second = filled(8, FACTOR);

        SecondComparison(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        @Override
        long exchange(long seen, long next) {
            return call(offset(word), seen, offset(second), FACTOR, next);
        }
    }

    /** Writes to the one of two slots that the count does not select, then counts. */
    private static class Publication extends Exchange {
        private final List<Item> slots = List.of(filled(16, 0), filled(16, 0));

        Publication(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        final Item slot(long count) {
            return slots.get((int) (count & 1));
        }

        @Override
        long exchange(long seen, long next) {
            return call(offset(word), seen, offset(slot(next)), next * FACTOR, next);
        }

        @Override
        final void assertNothingIsLost() {
            super.assertNothingIsLost();
            ranges().forEach(range -> {
                long count = memory.getOpaque(word, 0, range);
                assertEquals(count * FACTOR, memory.getOpaque(slot(count), 0, range));
            });
        }
    }

    private static final class Copy extends Publication {
        private static final long LENGTH = 13;

        private final ThreadLocal<MemorySegment> source = perThread(16);

        Copy(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        @Override
        long exchange(long seen, long next) {
            MemorySegment from = source.get();
            from.set(JAVA_LONG, 0, next * FACTOR);
            return call(offset(word), seen, offset(slot(next)), from, LENGTH, next);
        }
    }

    /** Counts under a lock. */
    private static class Locked extends CatalogueWork {
        private static final int HELD_TURNS = 50;
        private static final int FIRST = 1;
        private static final int CACHE_LINE_LONGS = 16;

        private final long[] counts = new long[memory.ranges() * CACHE_LINE_LONGS];

        Locked(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt, 16);
            ranges().forEach(range -> memory.setOpaque(word, 8, range, FIRST + range));
        }

        long take(int step) {
            return call(offset(word));
        }

        @Override
        final long step(int step) {
            long number = take(step);
            if (Result.isCommitted(number)) {
                int range = (int) number - FIRST;
                VarHandle.acquireFence();
                count(range);
                memory.setRelease(word, 0, range, 0);
            }
            return number;
        }

        /** Takes its time, so that two who hold the lock do it at the same time. */
        private void count(int range) {
            long seen = counts[range * CACHE_LINE_LONGS];
            for (int i = 0; i < HELD_TURNS; i++) {
                Thread.onSpinWait();
            }
            counts[range * CACHE_LINE_LONGS] = seen + 1;
        }

        @Override
        void assertNothingIsLost() {
            assertEquals(commits(), Arrays.stream(counts).sum());
            assertEquals(0, sum());
        }
    }

    /** Counts in a slot. */
    private static final class Claimed extends Locked {
        Claimed(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        @Override
        long take(int step) {
            return call(offset(word), offset(word) + Long.BYTES, 1L + step);
        }
    }

    /** Adds, and takes away what it and others have added. */
    private static final class Removal extends CatalogueWork {
        private final MethodHandle add = undisturbed(Sequences.LOAD_ADD_STORE);
        private final LongAdder additions = new LongAdder();
        private final LongAdder removed = new LongAdder();

        Removal(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
        }

        @Override
        long step(int step) {
            call(add, offset(word), 3L);
            additions.increment();
            long taken = call(offset(word));
            if (Result.isCommitted(taken)) {
                removed.add(taken);
            }
            return taken;
        }

        @Override
        void assertNothingIsLost() {
            assertEquals(3 * additions.sum(), removed.sum() + sum());
        }
    }
}
