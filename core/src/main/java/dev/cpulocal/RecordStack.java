// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.lang.foreign.MemorySegment;

/** Records of one size, on top of each other, on each CPU: what the buffers have in common. */
final class RecordStack {

    /*
     * Layout of the item on each CPU
     * ------------------------------
     *   | used bytes | record 0 | record 1 | ... | the last there is room for |
     *                |<----- used bytes ---->|
     *
     * A push writes the record behind the used bytes, speculatively, because nobody looks there; it
     * commits by making the used bytes more. A take copies the last records out and commits by making
     * them less. So a record counts exactly if it was written completely.
     */

    /** Where the number of used bytes is. */
    static final int USED = 0;

    /** Where the first record is. */
    static final int RECORDS = 8;

    /** Copies the last bytes out and takes them away. */
    static final Sequence TAKE =
            Sequence.build(
                    "buffer-take",
                    s -> {
                        var buffer = s.item("buffer", 16);
                        var target = s.segment("target");
                        var length = s.number("length");
                        var used = s.load(buffer.at(USED));
                        s.leaveIf(used, Op.Condition.BELOW, length);
                        var start = s.subtract(used, length);
                        s.copySpeculatively(
                                target.at(0),
                                buffer.at(RECORDS).indexed(start, 1),
                                length,
                                Sequence.MAX_COPY_BYTES);
                        s.commit(buffer.at(USED), start);
                    });

    private final CpuMemory memory;
    private final CpuMemory.Item item;
    private final int capacity;
    private final int recordBytes;

    RecordStack(CpuMemory memory, int capacity, int recordBytes) {
        this.memory = memory;
        this.capacity = checkCount("capacity", capacity, memory, recordBytes);
        this.recordBytes = recordBytes;
        item = memory.allocate(RECORDS + capacity * recordBytes);
    }

    /** {@return a count of parts that fit into a range, behind a word} */
    static int checkCount(String name, int count, CpuMemory memory, int partBytes) {
        int most = (memory.mostBytes() - Long.BYTES) / partBytes;
        if (count < 1 || count > most) {
            throw new IllegalArgumentException(
                    name + ": " + count + " (expected: 1 to " + most + ")");
        }
        return count;
    }

    CpuMemory.Item item() {
        return item;
    }

    int capacity() {
        return capacity;
    }

    /** {@return how many bytes are used when it is full} */
    long limitBytes() {
        return (long) capacity * recordBytes;
    }

    int size(int range) {
        return (int) memory.getAcquire(item, USED, range) / recordBytes;
    }

    /** {@return where a record is in the item} */
    int displacement(int index) {
        if (index < 0 || index >= capacity) {
            throw new IndexOutOfBoundsException(
                    "index: " + index + " (expected: 0 to " + (capacity - 1) + ")");
        }
        return RECORDS + index * recordBytes;
    }

    long word(int range, int displacementBytes) {
        return memory.getOpaque(item, displacementBytes, range);
    }

    /** Takes as many records as there are and as fit; {@return how many}. */
    int drain(int range, MemorySegment target) {
        memory.checked(TAKE, item, target, recordBytes);
        long fitting = Math.min(target.byteSize(), Sequence.MAX_COPY_BYTES) / recordBytes;
        while (true) {
            int records = (int) Math.min(size(range), fitting);
            long length = (long) records * recordBytes;
            // Others may have taken some since the size was read.
            if (records == 0
                    || Result.isCommitted(memory.execute(range, TAKE, item, target, length))) {
                return records;
            }
        }
    }
}
