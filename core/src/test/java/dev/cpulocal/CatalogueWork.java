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
import java.util.ArrayList;
import java.util.Collections;
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
    private static final long FACTOR = 1_000_003;

    final CpuMemory memory;

    /** What a commit changes. */
    final Item word;

    private final MethodHandle attempt;
    private final LongAdder commits = new LongAdder();

    private CatalogueWork(CpuMemory memory, MethodHandle attempt) {
        this.memory = memory;
        this.attempt = spread(attempt);
        this.word = filled(8, 0);
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
            case "load_cbeq_store_add_load_store" -> new Pop(memory, attempt);
            case "load_cbne_store" -> new Exchange(memory, attempt);
            case "load_cbne_load_cbne_store" -> new SecondComparison(memory, attempt);
            case "load_cbne_store_store", "load_cbne_store_store_release" ->
                    new Publication(memory, attempt);
            case "load_cbne_memcpy_store", "load_cbne_memcpy_store_release" ->
                    new Copy(memory, attempt);
            default -> throw new AssertionError("no work for " + sequence);
        };
    }

    private static MethodHandle spread(MethodHandle handle) {
        int arguments = handle.type().parameterCount() - 1;
        return handle.asSpreader(1, Object[].class, arguments);
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

        private final ThreadLocal<MemorySegment> source =
                ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, Long.BYTES));

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

    /** Pops nodes of a list, and pushes them back. */
    private static final class Pop extends CatalogueWork {

        private static final Sequence PUSH =
                Sequence.build(
                        "push",
                        s -> {
                            var head = s.item("head", 8);
                            var node = s.number("node");
                            s.storeSpeculatively(Place.offset(node, 0), s.load(head.at(0)));
                            s.commit(head.at(0), node);
                        });

        private final MethodHandle push;
        private final List<Long> nodes = new ArrayList<>();

        Pop(CpuMemory memory, MethodHandle attempt) {
            super(memory, attempt);
            // Boundaries are those of the sequence of the catalogue.
            Engine engine = memory.internals().engine().with(Injection.NONE);
            push = spread(engine.link(PUSH, memory.strideBytes(), memory.ranges()));
            for (int i = 0; i < 40; i++) {
                nodes.add(offset(memory.allocate(8)));
                memory.execute(i % memory.ranges(), PUSH, word, nodes.getLast());
            }
        }

        @Override
        long step(int step) {
            long node = call(offset(word), 0L, 0L);
            if (Result.isCommitted(node)) {
                call(push, offset(word), node);
            }
            return node;
        }

        @Override
        void assertNothingIsLost() {
            List<Long> found = new ArrayList<>();
            ranges().forEach(range -> {
                long node = memory.getOpaque(word, 0, range);
                while (node != 0 && found.size() <= nodes.size()) {
                    found.add(node);
                    node = next(range);
                }
            });
            Collections.sort(found);
            assertEquals(nodes, found);
        }

        /** Takes the first node away; {@return the next}. */
        private long next(int range) {
            memory.execute(range, Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE, word, 0, 0);
            return memory.getOpaque(word, 0, range);
        }
    }
}
