// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A call of a sequence of the catalogue that commits and passes every instruction up to there.
 *
 * @param arguments what it is called with, behind the base: longs and native segments
 * @param words what is in every range before, by offset
 * @param speculative the offset of what an attempt may write before it commits
 * @param speculativeBytes how much
 */
record Scenario(
        Sequence sequence,
        List<Object> arguments,
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

    /** Some pops, as the state of a magazine counts them. */
    private static final long POPS = 5L << 16;

    private static final MemorySegment TARGET = Arena.global().allocate(13);

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
                    plain(Sequences.COUNTER_ADD, Map.of(DECIDING, 5L), DECIDING, 3),
                    plain(ReaderSlots.CLAIM, Map.of(DECIDING + 8, 7L), DECIDING, DECIDING + 8, 3),
                    plain(named("lock"), Map.of(DECIDING + 8, 7L), DECIDING),
                    listPush(),
                    plain(named("list-take-all"), Map.of(DECIDING, (long) THIRD), DECIDING),
                    bufferPush("buffer-push"),
                    bufferPush("buffer-push-release"),
                    plain(
                            named("buffer-pop"),
                            Map.of(DECIDING, 16L, DECIDING + 8, 3L, DECIDING + 16, 9L),
                            DECIDING),
                    recordPush("record-push"),
                    recordPush("record-push-release"),
                    bufferTake(),
                    plain(
                            named("magazine-pop"),
                            Map.of(DECIDING, POPS + 8, DECIDING + 8, 12L, DECIDING + 16, 3L << 32),
                            DECIDING),
                    magazinePush(),
                    magazineLoad(),
                    magazineUnload());

    /** {@return a sequence of a structure, which has no public name} */
    private static Sequence named(String name) {
        return Sequences.all().stream()
                .filter(sequence -> sequence.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Scenario plain(Sequence sequence, Map<Integer, Long> words, long... arguments) {
        List<Object> boxed = Arrays.stream(arguments).<Object>mapToObj(Long::valueOf).toList();
        return new Scenario(sequence, boxed, words, 0, 0);
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
                List.of((long) DECIDING, 5L, (long) DESTINATION, SOURCE, length, 7L),
                Map.of(DECIDING, 5L),
                DESTINATION,
                (int) length);
    }

    private static Scenario listPush() {
        return new Scenario(
                named("list-push"),
                List.of((long) DECIDING, (long) SECOND),
                Map.of(DECIDING, (long) THIRD),
                SECOND,
                8);
    }

    /** Behind one value, in a buffer with room for three. */
    private static Scenario bufferPush(String name) {
        return new Scenario(
                named(name),
                List.of((long) DECIDING, 9L, 24L),
                Map.of(DECIDING, 8L, DECIDING + 8, 3L),
                DECIDING + 16,
                8);
    }

    /** Behind one record, in a buffer with room for three. */
    private static Scenario recordPush(String name) {
        long length = SOURCE.byteSize();
        return new Scenario(
                named(name),
                List.of((long) DECIDING, SOURCE, length, 3 * length),
                Map.of(DECIDING, length),
                DECIDING + 8 + (int) length,
                (int) length);
    }

    private static Scenario bufferTake() {
        long length = TARGET.byteSize();
        return new Scenario(
                named("buffer-take"),
                List.of((long) DECIDING, TARGET, length),
                Map.of(DECIDING, 2 * length, DECIDING + 16, 3L, DECIDING + 24, 9L),
                0,
                0);
    }

    /** Behind one handle, in a magazine with room for three. */
    private static Scenario magazinePush() {
        return new Scenario(
                named("magazine-push"),
                List.of((long) DECIDING, 9L),
                Map.of(DECIDING, POPS + 4, DECIDING + 8, 12L, DECIDING + 16, 3L),
                DECIDING + 20,
                4);
    }

    /** Behind one batch, in a magazine with room for three. */
    private static Scenario magazineLoad() {
        long length = SOURCE.byteSize();
        return new Scenario(
                named("magazine-load"),
                List.of((long) DECIDING, SOURCE, length),
                Map.of(DECIDING, POPS + length, DECIDING + 8, 3 * length),
                DECIDING + 16 + (int) length,
                (int) length);
    }

    private static Scenario magazineUnload() {
        long length = TARGET.byteSize();
        return new Scenario(
                named("magazine-unload"),
                List.of((long) DECIDING, TARGET, length, -length),
                Map.of(DECIDING, POPS + 2 * length, DECIDING + 24, 3L, DECIDING + 32, 9L),
                0,
                0);
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
            all[i + 1] =
                    arguments.get(i) instanceof MemorySegment segment
                            ? segment.address()
                            : (Long) arguments.get(i);
        }
        return all;
    }

    /** {@return the arguments of the interpreter} */
    Object[] interpretedArguments() {
        return arguments.toArray();
    }

    @Override
    public String toString() {
        return sequence.toString();
    }
}
