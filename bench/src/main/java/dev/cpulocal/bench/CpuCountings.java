// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.Cpu;
import dev.cpulocal.CpuCounter;
import dev.cpulocal.CpuCounters;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Result;
import dev.cpulocal.Rseq;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.internal.Adder;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.CodeMemory;
import dev.cpulocal.internal.CounterMemory;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Ranges;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Counting per CPU: the library's counter, and its parts one by one. */
final class CpuCountings {

    private CpuCountings() {}

    /* ------------------------- The counter ------------------------- */

    static Counting counters(int counters) {
        return counters == 1 ? new Single(new CpuCounter()) : new Row(new CpuCounters(counters));
    }

    private record Single(CpuCounter counter) implements Counting {
        @Override
        public void increment(int number) {
            counter.increment();
        }

        @Override
        public long sum(int number) {
            return counter.sum();
        }
    }

    private record Row(CpuCounters row) implements Counting {
        @Override
        public void increment(int counter) {
            row.increment(counter);
        }

        @Override
        public long sum(int counter) {
            return row.sum(counter);
        }
    }

    /* ------------------------- Bound sequences ------------------------- */

    /** What {@link #bound} and {@link #own} are bound to. */
    interface Add {
        /** {@return the result} */
        long add(long offset, long count);
    }

    private static final Sequence USERS_ADD =
            Sequence.build(
                    "users-add",
                    s -> {
                        var counter = s.item("counter", Long.BYTES);
                        var count = s.number("count");
                        s.commitAdd(counter.at(0), count);
                    });

    static Counting bound(int counters) {
        return new Bound(counters, Sequences.LOAD_ADD_STORE);
    }

    static Counting own(int counters) {
        return new Bound(counters, USERS_ADD);
    }

    private static final class Bound implements Counting {

        private final CpuMemory memory = CpuMemory.create();
        private final CpuMemory.Item item;
        private final int first;
        private final Add add;

        Bound(int counters, Sequence sequence) {
            item = memory.allocate(counters * Long.BYTES);
            first = item.offset();
            add = memory.bind(sequence, Add.class, MethodHandles.lookup());
        }

        @Override
        public void increment(int counter) {
            add.add(first + counter * Long.BYTES, 1);
        }

        @Override
        public long sum(int counter) {
            return IntStream.range(0, memory.ranges())
                    .mapToLong(range -> memory.getOpaque(item, counter * Long.BYTES, range))
                    .sum();
        }
    }

    /* ------------------------- Bare calls ------------------------- */

    /** What is inside CpuCounter. */
    static final class Bare implements Counting {

        private final CounterMemory memory =
                new CounterMemory(Engine.of(IndexMode.CPU_ID), CpuMemory.DEFAULT_STRIDE_BYTES);
        private final Adder adder = memory.adder();
        private final long base = memory.base();
        private final int first;

        Bare(int counters) {
            first = memory.allocate(counters).offset();
        }

        @Override
        public void increment(int counter) {
            int offset = first + counter * Long.BYTES;
            long result = adder.add(base, offset, 1);
            if (result != Result.COMMITTED) {
                memory.addAfter(result, offset, 1);
            }
        }

        @Override
        public long sum(int counter) {
            return memory.sum(first + counter * Long.BYTES);
        }
    }

    /** Calls a sequence whose handle is a constant, and counts by other means where it fails. */
    static final class Stoppable implements Counting {

        private static final Engine ENGINE = Engine.of(IndexMode.CPU_ID);
        private static final MethodHandle ADD =
                new Ranges(ENGINE, CpuMemory.DEFAULT_STRIDE_BYTES).link(Sequences.LOAD_ADD_STORE);

        private final Ranges ranges = new Ranges(ENGINE, CpuMemory.DEFAULT_STRIDE_BYTES);
        private final long base = ranges.base();
        private final LongAdder[] failed;

        Stoppable(int counters) {
            failed =
                    IntStream.range(0, counters)
                            .mapToObj(_ -> new LongAdder())
                            .toArray(LongAdder[]::new);
        }

        @Override
        public void increment(int counter) {
            if (add(base, Ranges.HEADER_BYTES + counter * Long.BYTES) != Result.COMMITTED) {
                failed[counter].increment();
            }
        }

        private static long add(long base, long offset) {
            try {
                return (long) ADD.invokeExact(base, offset, 1L);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public long sum(int counter) {
            int offset = Ranges.HEADER_BYTES + counter * Long.BYTES;
            return failed[counter].sum()
                    + IntStream.range(0, ranges.count())
                            .mapToLong(range -> ranges.getOpaque(range, offset))
                            .sum();
        }
    }

    /** Code of one instruction, with the type of an {@link Adder}. */
    static final class EmptyCall implements Counting {

        private static final MethodHandle EMPTY = link();

        private static MethodHandle link() {
            if (!Rseq.availability().isAvailable()) {
                return MethodHandles.empty(
                        MethodType.methodType(long.class, long.class, long.class, long.class));
            }
            var code = Architecture.current().orElseThrow().machine().orElseThrow().doNothing();
            return Libc.linkCritical(
                    CodeMemory.publish("do_nothing", code) + code.offset("entry"),
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        }

        @Override
        public void increment(int counter) {
            try {
                long _ = (long) EMPTY.invokeExact(0L, (long) counter, 1L);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public long sum(int counter) {
            return 0;
        }
    }

    /* ------------------------- Without a sequence ------------------------- */

    /** A stale index costs contention and not correctness, because the addition is atomic. */
    static final class IndexedAtomic implements Counting {

        private static final VarHandle WORD = JAVA_LONG.varHandle();
        private static final int PADDING_BYTES = 128;

        private final int ranges = Cpu.possible().last() + 1;
        private final long strideBytes;
        private final MemorySegment memory;

        IndexedAtomic(int counters) {
            strideBytes = (counters * 8L + PADDING_BYTES - 1) / PADDING_BYTES * PADDING_BYTES;
            memory = Arena.ofAuto().allocate(ranges * strideBytes, PADDING_BYTES);
        }

        @Override
        public void increment(int counter) {
            long cpu = Math.clamp(Cpu.current(), 0, ranges - 1);
            WORD.getAndAdd(memory, cpu * strideBytes + counter * 8L, 1L);
        }

        @Override
        public long sum(int counter) {
            return IntStream.range(0, ranges)
                    .mapToLong(
                            cpu -> (long) WORD.getOpaque(memory, cpu * strideBytes + counter * 8L))
                    .sum();
        }
    }
}
