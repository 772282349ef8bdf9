// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import static dev.cpulocal.cli.stress.Shuffle.NONE;
import static dev.cpulocal.cli.stress.Shuffle.THINGS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuBuffer;
import dev.cpulocal.CpuList;
import dev.cpulocal.CpuMemory;
import dev.cpulocal.CpuRecordBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Where the library keeps things. Every structure has room for all of them on each CPU. */
final class RealThings {

    private static final int RECORD_BYTES = 16;

    private RealThings() {}

    /** The list. */
    static Shuffle.Things list(CpuMemory memory) {
        CpuList list = new CpuList(memory, THINGS);
        return new Shuffle.Things() {
            @Override
            public int ranges() {
                return memory.ranges();
            }

            @Override
            public int take() {
                int node = list.pop();
                return node == CpuList.EMPTY ? NONE : node;
            }

            @Override
            public boolean give(int thing) {
                list.push(thing);
                return true;
            }

            @Override
            public int[] takeSome(int range, int most) {
                return list.drain(range);
            }
        };
    }

    /** The buffer of longs. */
    static Shuffle.Things buffer(CpuMemory memory, boolean release) {
        CpuBuffer buffer = new CpuBuffer(memory, THINGS);
        return new Shuffle.Things() {
            @Override
            public int ranges() {
                return memory.ranges();
            }

            @Override
            public int take() {
                long value = buffer.pop();
                return value == CpuBuffer.EMPTY ? NONE : (int) value;
            }

            @Override
            public boolean give(int thing) {
                return release ? buffer.pushRelease(thing) : buffer.push(thing);
            }

            @Override
            public int[] takeSome(int range, int most) {
                long[] values = new long[most];
                int count = buffer.drain(range, values);
                return Arrays.stream(values, 0, count).mapToInt(value -> (int) value).toArray();
            }
        };
    }

    /** The buffer of records, each of two halves that belong together. */
    static Shuffle.Things records(CpuMemory memory, boolean release) {
        CpuRecordBuffer buffer = new CpuRecordBuffer(memory, THINGS, RECORD_BYTES);
        return new Shuffle.Things() {
            @Override
            public int ranges() {
                return memory.ranges();
            }

            @Override
            public int take() {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment record = arena.allocate(RECORD_BYTES, Long.BYTES);
                    return buffer.pop(record) ? read(record, 0) : NONE;
                }
            }

            @Override
            public boolean give(int thing) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment record = arena.allocate(RECORD_BYTES, Long.BYTES);
                    record.setAtIndex(JAVA_LONG, 0, thing);
                    record.setAtIndex(JAVA_LONG, 1, ~(long) thing);
                    return release ? buffer.pushRelease(record) : buffer.push(record);
                }
            }

            @Override
            public int[] takeSome(int range, int most) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment records = arena.allocate((long) most * RECORD_BYTES, Long.BYTES);
                    return IntStream.range(0, buffer.drain(range, records))
                            .map(i -> read(records, i))
                            .toArray();
                }
            }
        };
    }

    /** {@return the thing that both halves of a record name, or one that does not exist} */
    private static int read(MemorySegment records, int index) {
        long first = records.getAtIndex(JAVA_LONG, 2L * index);
        long second = records.getAtIndex(JAVA_LONG, 2L * index + 1);
        return first == ~second ? (int) first : THINGS;
    }
}
