// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Op.Condition.EQUAL;
import static dev.cpulocal.Op.Operator.ADD;
import static dev.cpulocal.Op.Operator.SHIFT_LEFT;
import static dev.cpulocal.Op.Operator.SHIFT_RIGHT;
import static dev.cpulocal.Op.Order.RELAXED;
import static dev.cpulocal.Op.Width.BYTE;
import static dev.cpulocal.Op.Width.INT;
import static dev.cpulocal.Op.Width.LONG;
import static dev.cpulocal.Op.Width.SHORT;
import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.Value.Temporary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule, broken once: no such sequence exists, and the message names the op and the rule. */
class SequenceRulesTest {

    private static final Parameter ITEM = new Parameter(0, "v", Kind.ITEM, 16);
    private static final Parameter NUMBER = new Parameter(1, "n", Kind.NUMBER, 0);
    private static final Parameter SEGMENT = new Parameter(2, "s", Kind.SEGMENT, 0);
    private static final Temporary T0 = new Temporary(0);
    private static final Op COMMIT = new Op.CommitStore(ITEM.at(0), NUMBER, LONG, RELAXED);

    private static Sequence sequence(Op... ops) {
        return new Sequence(
                "test", List.of(ITEM, NUMBER, SEGMENT), Arrays.asList(ops), new Constant(0), true);
    }

    private static Sequence sequence(String name, List<Parameter> parameters, List<Op> ops) {
        return new Sequence(name, parameters, ops, new Constant(0), true);
    }

    /** Asserts that the op in front of a good commit breaks a rule. */
    private static void assertBreaks(String rule, Op op) {
        assertThrown(
                IllegalArgumentException.class,
                "sequence test, op 0 (" + op + "): " + rule,
                () -> sequence(op, COMMIT));
    }

    private static void assertCommitBreaks(String rule, Op commit) {
        assertThrown(
                IllegalArgumentException.class,
                "sequence test, op 0 (" + commit + "): " + rule,
                () -> sequence(commit));
    }

    private static Op store(Place to) {
        return new Op.Store(to, NUMBER, LONG);
    }

    /* ------------------------- Shape ------------------------- */

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "two words", "1st", "-x", "a.b", "ä", "a\n"})
    void nameIsLowerCaseWords(String name) {
        assertThrown(
                IllegalArgumentException.class,
                "a name is lower-case words joined by - or _",
                () -> sequence(name, List.of(ITEM, NUMBER), List.of(COMMIT)));
    }

    @Test
    void moreThanSixParametersAreRefused() {
        List<Parameter> parameters = new ArrayList<>(List.of(ITEM, NUMBER));
        for (int i = 2; i < Sequence.MAX_PARAMETERS; i++) {
            parameters.add(new Parameter(i, "p" + i, Kind.NUMBER, 0));
        }
        assertEquals(6, sequence("six", parameters, List.of(COMMIT)).parameters().size());

        parameters.add(new Parameter(6, "p6", Kind.NUMBER, 0));

        assertThrown(
                IllegalArgumentException.class,
                "sequence seven: at most 6 parameters",
                () -> sequence("seven", parameters, List.of(COMMIT)));
    }

    @Test
    void moreThanSixtyFourOpsAreRefused() {
        List<Op> ops = new ArrayList<>(Collections.nCopies(63, store(ITEM.at(8))));
        ops.add(COMMIT);
        assertEquals(64, sequence("most", List.of(ITEM, NUMBER), ops).ops().size());

        ops.addFirst(store(ITEM.at(8)));

        assertThrown(
                IllegalArgumentException.class,
                "sequence more: at most 64 ops",
                () -> sequence("more", List.of(ITEM, NUMBER), ops));
    }

    @Test
    void moreThanSixteenComparisonsAreRefused() {
        Op leave = new Op.Leave(NUMBER, EQUAL, new Constant(1));
        List<Op> ops = new ArrayList<>(Collections.nCopies(16, leave));
        ops.add(COMMIT);
        assertEquals(17, sequence("most", List.of(ITEM, NUMBER), ops).ops().size());

        ops.addFirst(leave);

        assertThrown(
                IllegalArgumentException.class,
                "sequence more: at most 16 comparisons",
                () -> sequence("more", List.of(ITEM, NUMBER), ops));
    }

    @Test
    void sequenceEndsWithItsOnlyCommit() {
        assertThrown(
                IllegalArgumentException.class,
                "sequence test: the last op is the commit, and there is none",
                () -> sequence());
        assertThrown(
                IllegalArgumentException.class,
                "sequence test, op 0 (speculative u64[cpu + v] = n): the last op is the commit",
                () -> sequence(store(ITEM.at(0))));
        assertThrown(
                IllegalArgumentException.class,
                "sequence test, op 0 (" + COMMIT + "): only the last op commits",
                () -> sequence(COMMIT, COMMIT));
    }

    /* ------------------------- Parameters ------------------------- */

    @Test
    void parametersAreNumberedInOrder() {
        assertThrown(
                IllegalArgumentException.class,
                "parameters are numbered in order",
                () -> sequence("swapped", List.of(NUMBER, ITEM), List.of(COMMIT)));
    }

    @Test
    void parametersHaveDifferentNames() {
        Parameter twin = new Parameter(2, "n", Kind.NUMBER, 0);
        assertThrown(
                IllegalArgumentException.class,
                "parameter n is named once",
                () -> sequence("twins", List.of(ITEM, NUMBER, twin), List.of(COMMIT)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -8, CpuMemory.MAX_STRIDE_BYTES + 8})
    void itemHasASize(int sizeBytes) {
        Parameter item = new Parameter(0, "v", Kind.ITEM, sizeBytes);
        assertThrown(
                IllegalArgumentException.class,
                "parameter v has a positive size exactly if it is an item",
                () -> sequence("sizeless", List.of(item, NUMBER), List.of(COMMIT)));
    }

    @Test
    void numberAndSegmentHaveNoSize() {
        for (Kind kind : List.of(Kind.NUMBER, Kind.SEGMENT)) {
            Parameter sized = new Parameter(2, "x", kind, 8);
            assertThrown(
                    IllegalArgumentException.class,
                    "parameter x has a positive size exactly if it is an item",
                    () -> sequence("sized", List.of(ITEM, NUMBER, sized), List.of(COMMIT)));
        }
    }

    @Test
    void parameterOfAnotherSequenceIsRefused() {
        for (Parameter foreign :
                List.of(
                        new Parameter(3, "x", Kind.NUMBER, 0),
                        new Parameter(-1, "x", Kind.NUMBER, 0),
                        new Parameter(1, "x", Kind.NUMBER, 0))) {
            assertBreaks(
                    "x is a parameter of this sequence",
                    new Op.Leave(foreign, EQUAL, new Constant(0)));
        }
    }

    /* ------------------------- Values ------------------------- */

    @Test
    void temporaryIsDefinedBeforeItIsUsed() {
        assertBreaks("t0 is defined before it is used", new Op.Leave(T0, EQUAL, NUMBER));
        assertBreaks("t0 is defined before it is used", new Op.Compute(T0, ADD, T0, NUMBER));
        assertThrown(
                IllegalArgumentException.class,
                "sequence test: t0 is defined before it is used",
                () -> new Sequence("test", List.of(ITEM, NUMBER), List.of(COMMIT), T0, true));
    }

    @Test
    void temporaryIsDefinedOnce() {
        Op first = new Op.Load(T0, ITEM.at(0), LONG);
        Op second = new Op.Compute(T0, ADD, T0, NUMBER);
        assertThrown(
                IllegalArgumentException.class,
                "sequence test, op 1 (" + second + "): t0 is defined once",
                () -> sequence(first, second, COMMIT));
    }

    @Test
    void temporaryIsUsed() {
        assertBreaks("t0 is used", new Op.Load(T0, ITEM.at(0), LONG));
    }

    @Test
    void shiftIsByAConstantBelow64() {
        for (Op.Operator shift : List.of(SHIFT_LEFT, SHIFT_RIGHT)) {
            for (Value count : List.of(NUMBER, new Constant(64), new Constant(-1))) {
                assertBreaks(
                        "a shift is by a constant of 0 to 63",
                        new Op.Compute(T0, shift, NUMBER, count));
            }
        }
    }

    @Test
    void moreThanSixLiveValuesAreRefused() {
        assertEquals("test", summing(Sequence.MAX_LIVE_VALUES - 1).name());
        assertThrown(
                IllegalArgumentException.class,
                "sequence test, op 5 (t5 = u64[cpu + v]): "
                        + "at most 6 values wait for their use, and here it is 7",
                () -> summing(Sequence.MAX_LIVE_VALUES));
    }

    /** Loads some values, and then adds them up; the item waits with them. */
    private static Sequence summing(int values) {
        return Sequence.build(
                "test",
                s -> {
                    Parameter v = s.item("v", 8);
                    List<Value> loaded =
                            IntStream.range(0, values).mapToObj(_ -> s.load(v.at(0))).toList();
                    s.commit(v.at(0), loaded.stream().reduce(s::add).orElseThrow());
                });
    }

    @Test
    void valueThatIsOnlyComparedDoesNotCount() {
        Sequence sequence =
                Sequence.build(
                        "test",
                        s -> {
                            Parameter v = s.item("v", 8);
                            List<Value> loaded =
                                    IntStream.range(0, 5).mapToObj(_ -> s.load(v.at(0))).toList();
                            s.leaveIf(s.load(v.at(0)), EQUAL, 7);
                            s.commit(v.at(0), loaded.stream().reduce(s::add).orElseThrow());
                        });

        assertEquals(12, sequence.ops().size());
    }

    /* ------------------------- Places ------------------------- */

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 16, -1})
    void scaleIsAPowerOfTwo(int scale) {
        assertBreaks("a scale is 1, 2, 4 or 8", store(ITEM.at(0).indexed(NUMBER, scale)));
    }

    @Test
    void placeHasABaseOrAnIndex() {
        assertBreaks("a place has a base or an index", store(new Place(null, null, 1, 64)));
    }

    @Test
    void baseIsAnItemOrASegment() {
        assertBreaks("the base of a place is an item or a segment", store(NUMBER.at(0)));
    }

    @Test
    void constantPlaceLiesInsideItsItem() {
        assertBreaks("[cpu + v - 8] does not begin before v", store(ITEM.at(-8)));
        assertBreaks("[s - 8] does not begin before s", store(SEGMENT.at(-8)));
        assertBreaks("[cpu + v + 16] lies inside the 16 bytes of v", store(ITEM.at(16)));
        assertBreaks(
                "[cpu + v + 2147483640] lies inside the 16 bytes of v",
                store(ITEM.at(Integer.MAX_VALUE - 7)));
        assertBreaks(
                "[cpu + v + 8] lies inside the 16 bytes of v",
                new Op.Copy(ITEM.at(8), SEGMENT.at(0), NUMBER, 9));
    }

    @Test
    void constantPlaceIsAligned() {
        assertBreaks("[cpu + v + 4] is aligned to 8 bytes", store(ITEM.at(4)));
        assertBreaks("[s + 4] is aligned to 8 bytes", store(SEGMENT.at(4)));
        assertBreaks("[s + 2] is aligned to 4 bytes", new Op.Load(T0, SEGMENT.at(2), INT));
        assertBreaks("[s + 1] is aligned to 2 bytes", new Op.Load(T0, SEGMENT.at(1), SHORT));
        assertEquals(2, sequence(new Op.Store(ITEM.at(15), NUMBER, BYTE), COMMIT).ops().size());
    }

    @Test
    void indexVariesAndIsANumber() {
        assertBreaks(
                "an index varies; a constant is a displacement",
                store(ITEM.at(0).indexed(new Constant(1), 8)));
        assertBreaks("an index is a number", store(Place.offset(ITEM, 0)));
        assertBreaks("an index is a number", store(Place.offset(SEGMENT, 0)));
    }

    @Test
    void placeInASegmentIsConstant() {
        assertBreaks("a place in a segment is constant", store(SEGMENT.at(0).indexed(NUMBER, 1)));
    }

    @Test
    void commitGoesToTheMemoryOfTheCpu() {
        assertCommitBreaks(
                "the commit goes to the memory of the CPU",
                new Op.CommitStore(SEGMENT.at(0), NUMBER, LONG, RELAXED));
        assertCommitBreaks(
                "the commit goes to the memory of the CPU",
                new Op.CommitAdd(SEGMENT.at(0), NUMBER, LONG, RELAXED));
    }

    @Test
    void commitObeysTheRulesOfPlaces() {
        assertCommitBreaks(
                "[cpu + v + 16] lies inside the 16 bytes of v",
                new Op.CommitStore(ITEM.at(16), NUMBER, LONG, RELAXED));
        assertCommitBreaks(
                "[cpu + v + 2] is aligned to 4 bytes",
                new Op.CommitAdd(ITEM.at(2), NUMBER, INT, RELAXED));
    }

    @Test
    void speculativeStoreGoesElsewhereThanTheCommit() {
        String rule = "a speculative store goes elsewhere than the commit";
        assertBreaks(rule, store(ITEM.at(0)));
        assertBreaks(rule, new Op.Store(ITEM.at(7), NUMBER, BYTE));
        assertBreaks(rule, new Op.Copy(ITEM.at(7), SEGMENT.at(0), NUMBER, 1));
        assertEquals(2, sequence(store(ITEM.at(8)), COMMIT).ops().size());

        Op commit = new Op.CommitAdd(ITEM.at(12), NUMBER, INT, RELAXED);
        Op wide = store(ITEM.at(8));
        assertThrown(IllegalArgumentException.class, rule, () -> sequence(wide, commit));
        Op long13 = new Op.Copy(ITEM.at(0), SEGMENT.at(0), NUMBER, 13);
        assertThrown(IllegalArgumentException.class, rule, () -> sequence(long13, commit));
        Op long12 = new Op.Copy(ITEM.at(0), SEGMENT.at(0), NUMBER, 12);
        assertEquals(2, sequence(long12, commit).ops().size());
    }

    @Test
    void segmentIsNoNumber() {
        String rule = "a segment is the base of places and no number";
        assertBreaks(rule, new Op.Leave(SEGMENT, EQUAL, NUMBER));
        assertBreaks(rule, new Op.Leave(NUMBER, EQUAL, SEGMENT));
        assertBreaks(rule, new Op.Compute(T0, ADD, SEGMENT, NUMBER));
        assertBreaks(rule, new Op.Compute(T0, ADD, NUMBER, SEGMENT));
        assertBreaks(rule, new Op.Store(ITEM.at(8), SEGMENT, LONG));
        assertBreaks(rule, new Op.Copy(ITEM.at(8), SEGMENT.at(0), SEGMENT, 8));
        assertCommitBreaks(rule, new Op.CommitStore(ITEM.at(0), SEGMENT, LONG, RELAXED));
        assertCommitBreaks(rule, new Op.CommitAdd(ITEM.at(0), SEGMENT, LONG, RELAXED));
        assertThrown(
                IllegalArgumentException.class,
                "sequence test: " + rule,
                () ->
                        new Sequence(
                                "test",
                                List.of(ITEM, NUMBER, SEGMENT),
                                List.of(COMMIT),
                                SEGMENT,
                                true));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Sequence.MAX_COPY_BYTES + 1})
    void copyIsBounded(int maxBytes) {
        assertBreaks(
                "a copy is bounded by 1 to 4096 bytes",
                new Op.Copy(Place.offset(NUMBER, 0), SEGMENT.at(0), NUMBER, maxBytes));
    }
}
