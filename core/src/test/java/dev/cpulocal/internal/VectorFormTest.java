// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static dev.cpulocal.Op.Condition.EQUAL;
import static dev.cpulocal.Op.Condition.NOT_EQUAL;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Op;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Place;
import dev.cpulocal.RandomSequences;
import dev.cpulocal.Result;
import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A sequence and the operation vector made from it give the same answer and leave the same memory.
 *
 * <p>The vector works on one range, the interpreter on another that begins with the same bytes.
 */
class VectorFormTest {

    private static final int STRIDE = 4096;
    private static final int SEQUENCES = 4000;
    private static final int INPUTS = 5;
    private static final int BY_VECTOR = 0;
    private static final int BY_INTERPRETER = 1;
    private static final long SEED = Long.getLong("cpulocal.test.seed", 20_261_121);

    private final Arena arena = Arena.ofConfined();
    private final Random random = new Random(SEED);
    private final RandomSequences sequences = new RandomSequences(SEED);
    private final RandomInputs inputs = new RandomInputs(sequences, random, STRIDE);
    private final Ranges ranges = new Ranges(Engine.of(IndexMode.CPU_ID, Threads.NONE), STRIDE);
    private final MemorySegment[] vectorSegments = RandomInputs.segments(arena);
    private final MemorySegment[] interpreterSegments = RandomInputs.segments(arena);

    @AfterEach
    void close() {
        arena.close();
    }

    static List<Sequence> catalogue() {
        return Sequences.all();
    }

    /* ------------------------- Meaning ------------------------- */

    @ParameterizedTest
    @MethodSource("catalogue")
    void everySequenceOfTheCatalogueHasAFormThatMeansTheSame(Sequence sequence) {
        boolean committed = false;
        boolean left = sequence.ops().stream().noneMatch(Op.Leave.class::isInstance);
        for (int i = 0; i < 2_000; i++) {
            Object[] arguments = newInput(sequence);
            if (random.nextBoolean()) {
                putWhatIsExpected(sequence, arguments);
            }
            long result = assertSame(sequence, sequence, arguments);
            committed |= Result.isCommitted(result);
            left |= Result.isUnequal(result);
        }
        assertTrue(committed && left, "the inputs reach only one end of " + sequence);
    }

    @Test
    void randomSequencesHaveFormsThatMeanTheSame() {
        Map<Kind, Integer> seen = new EnumMap<>(Kind.class);
        for (int i = 0; i < SEQUENCES; i++) {
            Sequence sequence = sequences.next();
            if (!hasForm(sequence)) {
                seen.merge(Kind.NO_FORM, 1, Integer::sum);
                continue;
            }
            for (int input = 0; input < INPUTS; input++) {
                long result = assertSame(sequence, sequence, newInput(sequence));
                seen.merge(Kind.of(result), 1, Integer::sum);
            }
        }
        for (Kind kind : Kind.values()) {
            assertTrue(seen.getOrDefault(kind, 0) > 100, () -> "too few: " + kind + " of " + seen);
        }
    }

    /** Both copy ascending, so what was just written may be read. */
    @Test
    void overlappingCopiesMeanTheSame() {
        for (int length = 0; length <= 24; length++) {
            for (int distance = -9; distance <= 9; distance++) {
                int bytes = length;
                int to = 32 + distance;
                Sequence sequence =
                        Sequence.build(
                                "overlap",
                                s -> {
                                    var v = s.item("v", 128);
                                    s.copySpeculatively(v.at(to), v.at(32), s.constant(bytes), 24);
                                    s.commit(v.at(120), s.constant(1));
                                });
                assertSame(sequence, sequence, newInput(sequence));
            }
        }
    }

    /** In the catalogue an item is compared with an argument behind it, or with 0. */
    private void putWhatIsExpected(Sequence sequence, Object[] arguments) {
        for (Parameter item : sequence.parameters()) {
            if (item.kind() == Value.Kind.ITEM) {
                long expected = anyNumberBehind(sequence, item, arguments);
                range(BY_VECTOR).set(JAVA_LONG, (Long) arguments[item.index()], expected);
                range(BY_INTERPRETER).set(JAVA_LONG, (Long) arguments[item.index()], expected);
            }
        }
    }

    /** One of the numbers behind a parameter, or 0. */
    private long anyNumberBehind(Sequence sequence, Parameter item, Object[] arguments) {
        long[] numbers =
                sequence.parameters().stream()
                        .filter(parameter ->
                                parameter.kind() == Value.Kind.NUMBER
                                        && parameter.index() > item.index())
                        .mapToLong(parameter -> (Long) arguments[parameter.index()])
                        .toArray();
        int number = random.nextInt(numbers.length + 1);
        return number == numbers.length ? 0 : numbers[number];
    }

    private enum Kind {
        COMMITTED,
        UNEQUAL,
        OUT_OF_RANGE,
        NO_FORM;

        static Kind of(long result) {
            return Result.isCommitted(result)
                    ? COMMITTED
                    : Result.isUnequal(result) ? UNEQUAL : OUT_OF_RANGE;
        }
    }

    private static boolean hasForm(Sequence sequence) {
        try {
            VectorForm.of(sequence);
            return true;
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            boolean known =
                    message.contains("at most 16 operations")
                            || message.contains("at most 4216 bytes")
                            || message.contains("can use what was just stored");
            assertTrue(known, message);
            return false;
        }
    }

    /** Ways to make a form wrongly, as changes of the sequence it is made from. */
    enum Mutant implements UnaryOperator<Op> {
        EQUAL_FOR_NOT_EQUAL,
        STORE_FOR_ADD,
        NARROW_COMMIT,
        OTHER_PLACE,
        NO_SPECULATIVE_STORE;

        @Override
        public Op apply(Op op) {
            return switch (op) {
                case Op.Leave l when this == EQUAL_FOR_NOT_EQUAL && l.condition() == NOT_EQUAL ->
                        new Op.Leave(l.left(), EQUAL, l.right());
                case Op.CommitAdd c when this == STORE_FOR_ADD ->
                        new Op.CommitStore(c.to(), c.value(), c.width(), c.order());
                case Op.CommitStore c when this == NARROW_COMMIT && c.width() == Width.LONG ->
                        new Op.CommitStore(c.to(), c.value(), Width.INT, c.order());
                case Op.CommitStore c when this == OTHER_PLACE && c.to().index() != null ->
                        new Op.CommitStore(elsewhere(c.to()), c.value(), c.width(), c.order());
                case Op.Store _ when this == NO_SPECULATIVE_STORE ->
                        new Op.Leave(new Value.Constant(0), NOT_EQUAL, new Value.Constant(0));
                default -> op;
            };
        }

        private static Place elsewhere(Place place) {
            return new Place(
                    place.base(),
                    place.index(),
                    place.scale(),
                    place.displacementBytes() + Long.BYTES);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongFormIsDetected(Mutant mutant) {
        for (int i = 0; i < SEQUENCES; i++) {
            Sequence sequence = sequences.next();
            List<Op> ops = sequence.ops().stream().map(mutant).toList();
            try {
                Sequence wrong =
                        new Sequence("wrong", sequence.parameters(), ops, sequence.result(), true);
                VectorForm.of(wrong);
                if (difference(wrong, sequence, newInput(sequence)).isPresent()) {
                    return;
                }
            } catch (IllegalArgumentException e) {
                // The change breaks a rule, or has no form.
                assertTrue(String.valueOf(e.getMessage()).contains("wrong"), e::toString);
            }
        }
        fail(mutant + " was never seen with -Dcpulocal.test.seed=" + SEED);
    }

    private long assertSame(Sequence formOf, Sequence interpreted, Object[] arguments) {
        difference(formOf, interpreted, arguments)
                .ifPresent(difference ->
                        fail(
                                difference
                                        + "\nwith -Dcpulocal.test.seed="
                                        + SEED
                                        + " and arguments "
                                        + Arrays.toString(arguments)
                                        + "\n"
                                        + formOf.pseudoCode()
                                        + VectorForm.of(formOf).vector().pseudoCode()));
        return lastResult;
    }

    private long lastResult;

    private Optional<String> difference(Sequence formOf, Sequence interpreted, Object[] arguments) {
        Object[] forInterpreter = arguments.clone();
        for (Parameter parameter : interpreted.parameters()) {
            int i = parameter.index();
            if (parameter.kind() == Value.Kind.SEGMENT) {
                forInterpreter[i] = interpreterSegments[i].copyFrom(vectorSegments[i]);
            }
        }
        long expected =
                Interpreter.run(
                        interpreted,
                        ranges.memory(),
                        (long) BY_INTERPRETER * STRIDE,
                        STRIDE,
                        forInterpreter);
        lastResult = VectorForm.of(formOf).execute(ranges, BY_VECTOR, arguments);
        if (lastResult != expected) {
            return Optional.of(
                    "the vector answers "
                            + Result.describe(lastResult)
                            + ", expected: "
                            + Result.describe(expected));
        }
        long mismatch = range(BY_VECTOR).mismatch(range(BY_INTERPRETER));
        if (mismatch >= 0) {
            return Optional.of("memory differs at " + mismatch);
        }
        for (int i = 0; i < vectorSegments.length; i++) {
            if (arguments.length > i
                    && arguments[i] instanceof MemorySegment
                    && vectorSegments[i].mismatch(interpreterSegments[i]) >= 0) {
                return Optional.of("segment " + i + " differs");
            }
        }
        return Optional.empty();
    }

    private MemorySegment range(int range) {
        return ranges.memory().asSlice((long) range * STRIDE, STRIDE);
    }

    private Object[] newInput(Sequence sequence) {
        inputs.fillRange(range(BY_VECTOR));
        range(BY_INTERPRETER).copyFrom(range(BY_VECTOR));
        return inputs.arguments(sequence, vectorSegments, vectorSegments);
    }

    /* ------------------------- Shape ------------------------- */

    private static String form(Sequence sequence) {
        return VectorForm.of(sequence).vector().pseudoCode();
    }

    /** As cpu_op_cmpeqv_storev of the posted library. */
    @Test
    void compareAndStoreIsAComparisonAndACopy() {
        assertEquals(
                """
                load_cbne_store(item v, expect, newv)
                    go on if [cpu + v] == expect, 8 bytes
                    [cpu + v] = newv, 8 bytes
                """,
                form(Sequences.LOAD_CBNE_STORE));
    }

    /** As cpu_op_cmpnev_storeoffp_load of the posted library: what was looked at is compared. */
    @Test
    void popComparesTheHeadThatItFollows() {
        assertEquals(
                """
                load_cbeq_store_add_load_store(item v, expectnot, voffp, t0_3, allowed_4, at_5)
                    go on if [cpu + v] == t0_3, 8 bytes
                    go on if t0_3 != expectnot, 8 bytes
                    go on if allowed_4 == 1, 8 bytes
                    [cpu + v] = [cpu + at_5], 8 bytes
                """,
                form(Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE));
    }

    /** As cpu_op_addv of the posted library. */
    @Test
    void additionIsAnAddition() {
        assertEquals(
                """
                load_add_store(item v, count)
                    [cpu + v] += count, 8 bytes
                """,
                form(Sequences.LOAD_ADD_STORE));
    }

    /** As cpu_op_cmpeqv_storev_storev_release of the posted library. */
    @Test
    void releaseOfTheCommitIsKept() {
        assertTrue(
                form(Sequences.LOAD_CBNE_STORE_STORE_RELEASE)
                        .endsWith("    release [cpu + v] = newv, 8 bytes\n"));
    }

    @Test
    void whatWasJustStoredCannotBeFollowed() {
        Sequence sequence =
                Sequence.build(
                        "follow",
                        s -> {
                            var v = s.item("v", 16);
                            s.storeSpeculatively(v.at(8), s.constant(128));
                            s.commit(Place.offset(s.load(v.at(8)), 0), s.constant(1));
                        });
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> VectorForm.of(sequence));
        assertEquals(
                "sequence follow, op 1 (t0 = u64[cpu + v + 8]):"
                        + " no operation vector can use what was just stored",
                e.getMessage());
    }

    /* ------------------------- Change meanwhile ------------------------- */

    /** The memory changes between the look and the execution, and nothing is lost. */
    @Test
    void formsBesideEachOtherLoseNothing() throws Exception {
        Ranges shared =
                new Ranges(Engine.of(IndexMode.CPU_ID, Threads.ALL), CpuMemory.MIN_STRIDE_BYTES);
        Sequence add =
                Sequence.build(
                        "add-by-hand",
                        s -> {
                            var v = s.item("v", 8);
                            var count = s.number("count");
                            s.commit(v.at(0), s.add(s.load(v.at(0)), count));
                        });
        VectorForm form = VectorForm.of(add);
        int threads = 4;
        int additions = 3_000;
        Workers.runMixed(
                threads,
                _ -> {
                    for (int i = 0; i < additions; i++) {
                        form.execute(shared, 0, new Object[] {64L, 1L});
                    }
                    return true;
                });
        assertEquals((long) threads * additions, shared.getOpaque(0, 64));
    }
}
