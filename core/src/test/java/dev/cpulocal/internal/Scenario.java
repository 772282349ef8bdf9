// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A call of a sequence of the catalogue that commits and passes every instruction up to there.
 *
 * @param arguments what it is called with, behind the base
 * @param words what is in every range before, by offset
 * @param speculative the offset of what an attempt may write before it commits
 * @param speculativeBytes how much
 */
record Scenario(
        Sequence sequence,
        List<Long> arguments,
        Map<Integer, Long> words,
        int speculative,
        int speculativeBytes) {

    /** The offset of a word that decides in each scenario, or that it changes. */
    static final int DECIDING = 64;

    private static final int SECOND = 128;
    private static final int THIRD = 192;
    private static final int FOURTH = 320;
    private static final int DESTINATION = 256;

    /** An odd length, so that both loops of a copy turn. */
    private static final MemorySegment SOURCE =
            Arena.global().allocateFrom("thirteen char", US_ASCII).asSlice(0, 13);

    private static final List<Scenario> ALL =
            List.of(
                    plain(Sequences.LOAD_CBNE_STORE, Map.of(DECIDING, 5L), DECIDING, 5, 7),
                    plain(
                            Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE,
                            Map.of(DECIDING, (long) THIRD, THIRD + 8, (long) FOURTH),
                            DECIDING,
                            0,
                            8),
                    plain(Sequences.LOAD_ADD_STORE, Map.of(DECIDING, 5L), DECIDING, 3),
                    plain(
                            Sequences.LOAD_ADD_LOAD_LOAD_ADD_STORE,
                            Map.of(DECIDING, (long) THIRD, THIRD + 8, (long) SECOND, SECOND, 10L),
                            DECIDING,
                            8,
                            3),
                    storeStore(Sequences.LOAD_CBNE_STORE_STORE),
                    storeStore(Sequences.LOAD_CBNE_STORE_STORE_RELEASE),
                    plain(
                            Sequences.LOAD_CBNE_LOAD_CBNE_STORE,
                            Map.of(DECIDING, 5L, SECOND, 6L),
                            DECIDING,
                            5,
                            SECOND,
                            6,
                            7),
                    copy(Sequences.LOAD_CBNE_MEMCPY_STORE),
                    copy(Sequences.LOAD_CBNE_MEMCPY_STORE_RELEASE),
                    plain(Sequences.COUNTER_ADD, Map.of(DECIDING, 5L), DECIDING, 3));

    private static Scenario plain(Sequence sequence, Map<Integer, Long> words, long... arguments) {
        return new Scenario(sequence, Arrays.stream(arguments).boxed().toList(), words, 0, 0);
    }

    private static Scenario storeStore(Sequence sequence) {
        return new Scenario(
                sequence,
                List.of((long) DECIDING, 5L, (long) SECOND, 9L, 7L),
                Map.of(DECIDING, 5L, SECOND, 8L),
                SECOND,
                8);
    }

    private static Scenario copy(Sequence sequence) {
        long length = SOURCE.byteSize();
        return new Scenario(
                sequence,
                List.of((long) DECIDING, 5L, (long) DESTINATION, SOURCE.address(), length, 7L),
                Map.of(DECIDING, 5L),
                DESTINATION,
                (int) length);
    }

    /** {@return the scenario of a sequence} */
    static Scenario of(Sequence sequence) {
        return ALL.stream()
                .filter(scenario -> scenario.sequence.equals(sequence))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no scenario for " + sequence));
    }

    /** {@return the arguments of the machine code} */
    long[] nativeArguments(long base) {
        long[] all = new long[arguments.size() + 1];
        all[0] = base;
        for (int i = 0; i < arguments.size(); i++) {
            all[i + 1] = arguments.get(i);
        }
        return all;
    }

    /** {@return the arguments of the interpreter} */
    Object[] interpretedArguments() {
        return sequence.parameters().stream()
                .map(parameter ->
                        parameter.kind() == Value.Kind.SEGMENT
                                ? SOURCE
                                : (Object) arguments.get(parameter.index()))
                .toArray();
    }

    @Override
    public String toString() {
        return sequence.toString();
    }
}
