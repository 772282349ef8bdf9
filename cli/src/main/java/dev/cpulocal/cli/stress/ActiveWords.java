// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Place;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.random.RandomGenerator;

/**
 * Two words on each CPU, of which one is active: workers add to that one. The manager makes the
 * other one active and fences a range; from then on its inactive word must not change.
 *
 * <p>The fence is the execution of a sequence on the range. A bare membarrier would not do: an
 * addition that is completed under the stop word is no section that it could end.
 */
final class ActiveWords implements Sums.Adder {

    private static final int LOOKS = 500;
    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private static final Sequence ADD_TO_ACTIVE =
            Sequence.build(
                    "add-to-active",
                    s -> {
                        var active = s.segment("active");
                        var word = s.load(active.at(0));
                        s.commitAdd(Place.offset(word, 0), s.constant(1));
                    });

    /** The bound {@link #ADD_TO_ACTIVE}. */
    interface AddToActive {
        /** {@return the result} */
        long call(MemorySegment active);
    }

    private final CpuMemory memory;
    private final CpuMemory.Item words;
    private final MemorySegment active = Arena.ofAuto().allocate(JAVA_LONG);
    private final AddToActive add;
    private int inactive = Long.BYTES;
    private long changes;

    ActiveWords(CpuMemory memory) {
        this.memory = memory;
        words = memory.allocate(2 * Long.BYTES);
        active.set(JAVA_LONG, 0, words.offset());
        add = memory.bind(ADD_TO_ACTIVE, AddToActive.class, MethodHandles.lookup());
    }

    @Override
    public boolean add(int sum, RandomGenerator random) {
        return Result.isCommitted(add.call(active));
    }

    @Override
    public void manage(RandomGenerator random) {
        WORD.setRelease(active, 0L, (long) words.offset() + inactive);
        inactive = Long.BYTES - inactive;
        int range = random.nextInt(memory.ranges());
        memory.execute(range, Sequences.LOAD_ADD_STORE, words, 0);
        long expected = memory.getOpaque(words, inactive, range);
        for (int i = 0; i < LOOKS; i++) {
            changes += memory.getOpaque(words, inactive, range) == expected ? 0 : 1;
        }
    }

    @Override
    public long sum(int sum) {
        long all = 0;
        for (int range = 0; range < memory.ranges(); range++) {
            all += memory.getOpaque(words, 0, range) + memory.getOpaque(words, Long.BYTES, range);
        }
        return all;
    }

    @Override
    public long violations() {
        return changes;
    }
}
