// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/** The first bytes of a range, with zeros for its header. */
record RangeImage(ByteBuffer bytes) {

    private static final int BYTES = 512;

    private static ByteBuffer zeros() {
        return ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static IntStream offsets() {
        return IntStream.iterate(Ranges.HEADER_BYTES, at -> at < BYTES, at -> at + Long.BYTES);
    }

    /** {@return what a range holds now} */
    static RangeImage of(Ranges ranges, int range) {
        ByteBuffer image = zeros();
        offsets().forEach(offset -> image.putLong(offset, ranges.getOpaque(range, offset)));
        return new RangeImage(image);
    }

    /** {@return what every range holds before a scenario} */
    static RangeImage before(Scenario scenario) {
        ByteBuffer image = zeros();
        scenario.words().forEach(image::putLong);
        return new RangeImage(image);
    }

    /** {@return what a range holds after the scenario, if it began with this} */
    RangeImage after(Scenario scenario, int strideBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(strideBytes, Long.BYTES);
            MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, range, 0, BYTES);
            Interpreter.run(
                    scenario.sequence(), range, 0, strideBytes, scenario.interpretedArguments());
            return new RangeImage(zeros().put(0, range.asByteBuffer(), 0, BYTES));
        }
    }

    /** Makes a range hold this. */
    void writeTo(Ranges ranges, int range) {
        offsets().forEach(offset -> ranges.setOpaque(range, offset, bytes.getLong(offset)));
    }

    /** {@return whether no attempt committed here: only speculative bytes may be those after it} */
    boolean isUncommitted(RangeImage before, RangeImage after, Scenario scenario) {
        int speculative = scenario.speculative();
        int end = speculative + scenario.speculativeBytes();
        return IntStream.range(0, BYTES)
                .filter(i -> bytes.get(i) != before.bytes.get(i))
                .allMatch(i -> i >= speculative && i < end && bytes.get(i) == after.bytes.get(i));
    }
}
