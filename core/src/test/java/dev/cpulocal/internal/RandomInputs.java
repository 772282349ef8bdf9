// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.RandomSequences;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/**
 * Random contents of memory, and random arguments: the same ones for the same seed.
 *
 * @param sequences where numbers come from
 * @param random where places come from
 * @param strideBytes the size of a range
 */
record RandomInputs(RandomSequences sequences, Random random, int strideBytes) {

    /** {@return a segment for every parameter that a sequence can have} */
    static MemorySegment[] segments(Arena arena) {
        MemorySegment[] allocated = new MemorySegment[Sequence.MAX_PARAMETERS];
        Arrays.setAll(allocated, _ -> arena.allocate(RandomSequences.SEGMENT_BYTES, 8));
        return allocated;
    }

    /** Fills a range, but for its header. */
    void fillRange(MemorySegment range) {
        fill(range, Ranges.HEADER_BYTES);
    }

    private void fill(MemorySegment segment, int from) {
        for (long at = from; at < segment.byteSize(); at += Long.BYTES) {
            segment.set(JAVA_LONG, at, sequences.number());
        }
    }

    /**
     * {@return arguments of a sequence}
     *
     * @param sequence the sequence
     * @param filled segments that get random contents, by parameter
     * @param passed the segments that are the arguments, by parameter
     */
    Object[] arguments(Sequence sequence, MemorySegment[] filled, MemorySegment[] passed) {
        Object[] arguments = new Object[sequence.parameters().size()];
        for (Parameter parameter : sequence.parameters()) {
            int i = parameter.index();
            arguments[i] =
                    switch (parameter.kind()) {
                        case NUMBER -> sequences.number();
                        case ITEM -> {
                            int last = (strideBytes - parameter.sizeBytes()) / 8;
                            yield 8L * random.nextInt(Ranges.HEADER_BYTES / 8, last + 1);
                        }
                        case SEGMENT -> {
                            fill(filled[i], 0);
                            yield passed[i];
                        }
                    };
        }
        return arguments;
    }
}
