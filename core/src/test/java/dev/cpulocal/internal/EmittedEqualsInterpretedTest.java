// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static dev.cpulocal.Op.Condition.ABOVE;
import static dev.cpulocal.Op.Condition.BELOW;
import static dev.cpulocal.Op.Condition.NOT_EQUAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Op;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Place;
import dev.cpulocal.RandomSequences;
import dev.cpulocal.Result;
import dev.cpulocal.Rseq;
import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Machine code, bytecode and interpreter do the same to the same memory: random sequences, random
 * operands.
 *
 * <p>Both begin with the same random bytes in range and segments; result and all bytes must be
 * equal afterwards, whichever range the machine code worked on.
 */
class EmittedEqualsInterpretedTest {

    private static final int SEQUENCES = 4000;
    private static final int INPUTS = 6;
    private static final int STRIDE = 4096;
    private static final int MAX_TRIES = 1000;
    private static final long SEED = Long.getLong("cpulocal.test.seed", 20_261_120);

    private final Arena arena = Arena.ofConfined();
    private final RandomSequences sequences = new RandomSequences(SEED);
    private final RandomInputs inputs = new RandomInputs(sequences, new Random(SEED), STRIDE);

    /** What a range and the segments contain before, and after the interpreter. */
    private final MemorySegment before = arena.allocate(STRIDE, 64);

    private final MemorySegment after = arena.allocate(2L * STRIDE, 64);
    private final MemorySegment[] segmentsBefore = RandomInputs.segments(arena);
    private final MemorySegment[] segmentsAfter = RandomInputs.segments(arena);
    private final MemorySegment[] segments = RandomInputs.segments(arena);

    @AfterEach
    void close() {
        arena.close();
    }

    /** How a sequence is interpreted: rightly, or as a mutant. */
    interface Interpretation {
        long run(Sequence sequence, MemorySegment range, Object[] arguments);
    }

    private static long interpret(Sequence sequence, MemorySegment range, Object[] arguments) {
        return Interpreter.run(sequence, range, 0, STRIDE, arguments);
    }

    /* ------------------------- Tests ------------------------- */

    @ParameterizedTest
    @EnumSource
    void machineCodeDoesWhatTheInterpreterDoes(IndexMode index) {
        Subject subject = new Subject(index);
        Coverage coverage = new Coverage();
        for (int i = 0; i < SEQUENCES; i++) {
            Sequence sequence = sequences.next();
            subject.link(sequence);
            coverage.add(sequence);
            for (int input = 0; input < INPUTS; input++) {
                check(subject, sequence, newInput(sequence));
                coverage.add(subject.expected);
            }
        }
        coverage.check();
    }

    private static void check(Subject subject, Sequence sequence, Object[] arguments) {
        subject.difference(arguments, EmittedEqualsInterpretedTest::interpret)
                .ifPresent(difference ->
                        fail(
                                difference
                                        + "\nwith -Dcpulocal.test.seed="
                                        + SEED
                                        + " and arguments "
                                        + Arrays.toString(arguments)
                                        + "\n"
                                        + sequence.pseudoCode()));
    }

    /** Bytecode is compared in the place of machine code, so the mutants below count for it too. */
    @Test
    void bytecodeDoesWhatTheInterpreterDoes() {
        Subject subject = new Subject(IndexMode.CPU_ID, Threads.NONE);
        Coverage coverage = new Coverage();
        for (int i = 0; i < SEQUENCES / 4; i++) {
            Sequence sequence = sequences.next();
            subject.link(sequence);
            coverage.add(sequence);
            for (int input = 0; input < INPUTS; input++) {
                check(subject, sequence, newInput(sequence));
                coverage.add(subject.expected);
            }
        }
        coverage.check();
    }

    /** Ways to get an interpretation wrong. */
    enum Mutant implements Interpretation {
        SWAPPED_SUBTRACTION,
        SHIFT_BY_ONE_MORE,
        OR_FOR_XOR,
        ABOVE_FOR_BELOW,
        WIDE_LOAD,
        NARROW_COMMIT,
        STORE_FOR_ADD,
        LONGER_COPY,
        NO_SPECULATIVE_STORE,
        UNMASKED_INDEX;

        @Override
        public long run(Sequence sequence, MemorySegment range, Object[] arguments) {
            int strideBytes = this == UNMASKED_INDEX ? 2 * STRIDE : STRIDE;
            List<Op> ops = sequence.ops().stream().map(this::change).toList();
            Sequence wrong =
                    new Sequence("wrong", sequence.parameters(), ops, sequence.result(), true);
            return Interpreter.run(wrong, range, 0, strideBytes, arguments);
        }

        private Op change(Op op) {
            return switch (op) {
                case Op.Compute c -> change(c);
                case Op.Load l when this == WIDE_LOAD && l.width() == Width.SHORT -> widened(l);
                case Op.Leave l when this == ABOVE_FOR_BELOW && l.condition() == BELOW ->
                        new Op.Leave(l.left(), ABOVE, l.right());
                case Op.Store s when this == NO_SPECULATIVE_STORE && s.to().index() == null ->
                        new Op.Leave(new Constant(0), NOT_EQUAL, new Constant(0));
                case Op.Copy c when this == LONGER_COPY && c.lengthBytes() instanceof Constant n ->
                        new Op.Copy(c.to(), c.from(), new Constant(n.value() + 1), c.maxBytes());
                case Op.CommitStore c when this == NARROW_COMMIT && c.width() == Width.INT ->
                        new Op.CommitStore(c.to(), c.value(), Width.SHORT, c.order());
                case Op.CommitAdd c when this == STORE_FOR_ADD ->
                        new Op.CommitStore(c.to(), c.value(), c.width(), c.order());
                default -> op;
            };
        }

        private Op change(Op.Compute c) {
            if (this == SWAPPED_SUBTRACTION && c.operator() == Operator.SUBTRACT) {
                return new Op.Compute(c.result(), c.operator(), c.right(), c.left());
            }
            if (this == OR_FOR_XOR && c.operator() == Operator.XOR) {
                return new Op.Compute(c.result(), Operator.OR, c.left(), c.right());
            }
            boolean shift =
                    c.operator() == Operator.SHIFT_LEFT || c.operator() == Operator.SHIFT_RIGHT;
            if (this == SHIFT_BY_ONE_MORE
                    && shift
                    && c.right() instanceof Constant count
                    && count.value() < 63) {
                Constant more = new Constant(count.value() + 1);
                return new Op.Compute(c.result(), c.operator(), c.left(), more);
            }
            return c;
        }

        private static Op widened(Op.Load load) {
            Place from = load.from();
            int displacement = from.displacementBytes() & -Width.INT.bytes();
            return new Op.Load(
                    load.result(),
                    new Place(from.base(), from.index(), from.scale(), displacement),
                    Width.INT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongInterpretationIsDetected(Mutant mutant) {
        Subject subject = new Subject(IndexMode.CPU_ID);
        for (int i = 0; i < SEQUENCES; i++) {
            Sequence sequence = sequences.next();
            subject.link(sequence);
            try {
                if (subject.difference(newInput(sequence), mutant).isPresent()) {
                    return;
                }
            } catch (IllegalArgumentException e) {
                // The mutant breaks a rule where it is applied to this sequence.
                assertTrue(
                        String.valueOf(e.getMessage()).startsWith("sequence wrong"), e::toString);
            }
        }
        fail(mutant + " was never seen with -Dcpulocal.test.seed=" + SEED);
    }

    @Test
    void sameSeedGivesTheSameSequences() {
        RandomSequences again = new RandomSequences(SEED);
        for (int i = 0; i < 200; i++) {
            assertEquals(sequences.next(), again.next());
        }
    }

    /* ------------------------- Inputs ------------------------- */

    /** Fills memory and segments; {@return arguments, the segments for the machine code}. */
    private Object[] newInput(Sequence sequence) {
        inputs.fillRange(before);
        return inputs.arguments(sequence, segmentsBefore, segments);
    }

    /* ------------------------- Comparison ------------------------- */

    /** The machine code of one sequence after the other, on the same memory. */
    private final class Subject {
        private final Ranges ranges;
        private Sequence sequence = dev.cpulocal.Sequences.LOAD_ADD_STORE;
        private MethodHandle handle;
        private long expected;

        Subject(IndexMode index) {
            this(index, Threads.ALL);
        }

        Subject(IndexMode index, Threads threads) {
            assertTrue(Rseq.availability().isAvailable(), () -> Rseq.availability().reason());
            assertTrue(Rseq.concurrencyId().isAvailable(), () -> Rseq.concurrencyId().reason());
            ranges = new Ranges(Engine.of(index, threads), STRIDE);
            link(sequence);
        }

        void link(Sequence next) {
            sequence = next;
            handle = linked().asSpreader(1, Object[].class, next.parameters().size());
        }

        /** What a bound function calls, as {@code (base, parameters…)long}. */
        private MethodHandle linked() {
            return ranges.engine().usesRseq()
                    ? ranges.link(sequence)
                    : MethodHandles.dropArguments(
                            ranges.emitPortable(sequence).bindTo(ranges), 0, long.class);
        }

        private MemorySegment range(int range) {
            return Libc.memory(ranges.base() + (long) range * STRIDE, STRIDE);
        }

        /** {@return how machine code and interpretation differ, if they do} */
        Optional<String> difference(Object[] arguments, Interpretation interpretation) {
            MemorySegment.copy(before, 0, after, 0, STRIDE);
            expected = interpretation.run(sequence, after, forInterpreter(arguments));
            if (Result.isTransient(expected)) {
                return Optional.empty(); // a value that cannot be told from a code
            }
            long result = runUntilNotTransient(arguments);
            if (result != expected) {
                return Optional.of(
                        "machine code returns "
                                + Result.describe(result)
                                + ", expected: "
                                + Result.describe(expected));
            }
            return memoryDifference();
        }

        private Object[] forInterpreter(Object[] arguments) {
            Object[] copies = arguments.clone();
            for (Parameter parameter : sequence.parameters()) {
                if (parameter.kind() == Kind.SEGMENT) {
                    int i = parameter.index();
                    copies[i] = segmentsAfter[i].copyFrom(segmentsBefore[i]);
                }
            }
            return copies;
        }

        private long runUntilNotTransient(Object[] arguments) {
            long result = Result.ABORTED;
            for (int tries = 0; tries < MAX_TRIES && Result.isTransient(result); tries++) {
                for (int range = 0; range < ranges.count(); range++) {
                    range(range).copyFrom(before);
                }
                forMachine();
                try {
                    result = (long) handle.invokeExact(ranges.base(), arguments);
                } catch (Throwable e) {
                    throw Libc.unexpected(e);
                }
            }
            return result;
        }

        private void forMachine() {
            for (Parameter parameter : sequence.parameters()) {
                if (parameter.kind() == Kind.SEGMENT) {
                    segments[parameter.index()].copyFrom(segmentsBefore[parameter.index()]);
                }
            }
        }

        private Optional<String> memoryDifference() {
            for (Parameter parameter : sequence.parameters()) {
                int i = parameter.index();
                if (parameter.kind() == Kind.SEGMENT
                        && segments[i].mismatch(segmentsAfter[i]) >= 0) {
                    return Optional.of(
                            "segment "
                                    + parameter
                                    + " differs at "
                                    + segments[i].mismatch(segmentsAfter[i]));
                }
            }
            MemorySegment wanted = after.asSlice(0, STRIDE);
            int changed = 0;
            for (int range = 0; range < ranges.count(); range++) {
                if (range(range).mismatch(before) >= 0) {
                    changed++;
                    long mismatch = range(range).mismatch(wanted);
                    if (mismatch >= 0) {
                        return Optional.of("range " + range + " differs at " + mismatch);
                    }
                }
            }
            int expectedChanges = wanted.mismatch(before) >= 0 ? 1 : 0;
            return changed == expectedChanges
                    ? Optional.empty()
                    : Optional.of(changed + " ranges changed, expected: " + expectedChanges);
        }
    }

    /* ------------------------- Coverage ------------------------- */

    /** What the random sequences had in them, so that a poor generator is noticed. */
    private static final class Coverage {
        private final Set<Object> seen = new HashSet<>();

        void add(Sequence sequence) {
            seen.add(sequence.parameters().size() + " parameters");
            Uses uses = new Uses(sequence.ops(), sequence.result());
            seen.add("result: " + kind(sequence.result()));
            for (int i = 0; i < sequence.ops().size(); i++) {
                seen.add(uses.liveAt(i) + " live");
                add(sequence.ops().get(i), uses);
            }
        }

        private void add(Op op, Uses uses) {
            switch (op) {
                case Op.Load load -> {
                    seen.add("load " + load.width() + " " + kind(load.from()));
                    if (uses.onlyCompared(load.result())) {
                        seen.add("only compared");
                    }
                }
                case Op.Compute compute ->
                        seen.add(
                                compute.operator()
                                        + operand(compute.left())
                                        + operand(compute.right()));
                case Op.Leave leave ->
                        seen.add(
                                leave.condition() + operand(leave.left()) + operand(leave.right()));
                case Op.Store store -> seen.add("store " + store.width() + " " + kind(store.to()));
                case Op.Copy copy ->
                        seen.add("copy " + kind(copy.to()) + " from " + kind(copy.from()));
                case Op.CommitStore commit ->
                        seen.add("commit " + commit.width() + " " + kind(commit.to()));
                case Op.CommitAdd commit ->
                        seen.add("commit + " + commit.width() + " " + kind(commit.to()));
            }
        }

        void add(long result) {
            seen.add(Result.isCommitted(result) ? "committed" : Result.describe(result));
        }

        private static String kind(Value value) {
            return switch (value) {
                case Constant constant ->
                        constant.value() == (int) constant.value() ? " int" : " long";
                case Parameter parameter -> " " + parameter.kind();
                case Value.Temporary _ -> " temporary";
            };
        }

        private static String operand(Value value) {
            return value instanceof Constant ? kind(value) : " held";
        }

        private static String kind(Place place) {
            Parameter base = place.base();
            return (base == null ? "range" : base.kind())
                    + (place.index() == null ? "" : " indexed");
        }

        void check() {
            for (int i = 0; i <= Sequence.MAX_PARAMETERS; i++) {
                assertSeen(i + " parameters");
            }
            for (int i = 1; i <= Sequence.MAX_LIVE_VALUES; i++) {
                assertSeen(i + " live");
            }
            for (Width width : Width.values()) {
                for (String place : List.of("ITEM", "ITEM indexed", "range indexed")) {
                    assertSeen("load " + width + " " + place);
                    assertSeen("store " + width + " " + place);
                    assertSeen("commit " + width + " " + place);
                    assertSeen("commit + " + width + " " + place);
                }
                assertSeen("load " + width + " SEGMENT");
                assertSeen("store " + width + " SEGMENT");
            }
            for (String value : List.of("int", "long", "NUMBER", "ITEM", "temporary")) {
                assertSeen("result:  " + value);
            }
            List<String> operands = List.of(" int", " long", " held");
            for (String left : operands) {
                for (String right : operands) {
                    assertSeen("ADD" + left + right);
                    assertSeen("SUBTRACT" + left + right);
                    assertSeen("EQUAL" + left + right);
                    assertSeen("BELOW" + left + right);
                }
                assertSeen("SHIFT_LEFT" + left + " int");
                assertSeen("SHIFT_RIGHT" + left + " int");
            }
            List<String> places = List.of("ITEM", "ITEM indexed", "range indexed", "SEGMENT");
            for (String to : places) {
                for (String from : places) {
                    assertSeen("copy " + to + " from " + from);
                }
            }
            for (String rest :
                    List.of(
                            "only compared",
                            "committed",
                            "out of range",
                            "unequal at comparison 3")) {
                assertSeen(rest);
            }
        }

        private void assertSeen(String what) {
            assertTrue(seen.contains(what), () -> what + " was never generated");
        }
    }
}
