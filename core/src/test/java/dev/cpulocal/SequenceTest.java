// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Op.Condition.ABOVE;
import static dev.cpulocal.Op.Condition.BELOW;
import static dev.cpulocal.Op.Condition.EQUAL;
import static dev.cpulocal.Op.Condition.NOT_EQUAL;
import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sequences and their parts as values. */
class SequenceTest {

    private static Sequence takeTokens(String bucketName) {
        return Sequence.build(
                "take-tokens",
                s -> {
                    var bucket = s.item(bucketName, 8);
                    var n = s.number("n");
                    var have = s.load(bucket.at(0));
                    s.leaveIf(have, BELOW, n);
                    s.commit(bucket.at(0), s.subtract(have, n));
                });
    }

    @Test
    void sequencesAreEqualWhenAllTheirPartsAre() {
        Sequence one = takeTokens("bucket");

        assertEquals(one, takeTokens("bucket"));
        assertEquals(one.hashCode(), takeTokens("bucket").hashCode());
        assertNotEquals(one, takeTokens("pail"));
        assertNotEquals(
                one,
                new Sequence("take", one.parameters(), one.ops(), one.result(), one.stoppable()));
        assertNotEquals(
                one, new Sequence(one.name(), one.parameters(), one.ops(), one.result(), false));
        assertNotEquals(
                one,
                new Sequence(
                        one.name(), one.parameters(), one.ops(), new Constant(1), one.stoppable()));
        assertEquals(Sequences.all().size(), new HashSet<>(Sequences.all()).size());
    }

    @Test
    void sequenceDoesNotChangeWithTheListsItWasMadeOf() {
        Sequence one = takeTokens("bucket");
        List<Op> ops = new ArrayList<>(one.ops());
        List<Parameter> parameters = new ArrayList<>(one.parameters());
        Sequence two = new Sequence(one.name(), parameters, ops, one.result(), true);

        ops.clear();
        parameters.clear();

        assertEquals(one, two);
        assertThrown(UnsupportedOperationException.class, "", () -> two.ops().clear());
    }

    @Test
    void pseudoCodeIsALineEachOp() {
        assertEquals(
                """
                take-tokens(item bucket, n)
                    t0 = u64[cpu + bucket]
                    leave if t0 <u n
                    t1 = t0 - n
                    commit u64[cpu + bucket] = t1
                    return 0
                """,
                takeTokens("bucket").pseudoCode());
        assertEquals("take-tokens", takeTokens("bucket").toString());
    }

    @Test
    void pseudoCodeShowsEveryPart() {
        Sequence all =
                Sequence.build(
                        "all",
                        s -> {
                            var v = s.item("v", 16);
                            var n = s.number("n");
                            var out = s.segment("out");
                            Value loaded = s.load(v.at(8).indexed(n, 4), Width.INT);
                            s.storeSpeculatively(
                                    Place.offset(loaded, -8), s.constant(-1), Width.BYTE);
                            s.copySpeculatively(out.at(2), Place.offset(n, 0), n, 100);
                            s.leaveIf(loaded, ABOVE, 7);
                            s.leaveIf(loaded, EQUAL, n);
                            s.leaveIf(n, NOT_EQUAL, loaded);
                            Value shifted =
                                    s.compute(Op.Operator.SHIFT_RIGHT, loaded, s.constant(3));
                            s.commitAdd(v.at(4), s.add(shifted, 1), Width.SHORT, Order.RELEASE);
                            s.returns(n);
                        });

        assertEquals(
                """
                all(item v, n, segment out)
                    t0 = u32[cpu + v + n*4 + 8]
                    speculative u8[cpu + t0 - 8] = -1
                    speculative copy [out + 2] = [cpu + n], n bytes of at most 100
                    leave if t0 >u 7
                    leave if t0 == n
                    leave if n != t0
                    t1 = t0 >>> 3
                    t2 = t1 + 1
                    commit release u16[cpu + v + 4] += t2
                    return n
                """,
                all.pseudoCode());
    }

    @Test
    void placesAreComputedFromTheirBase() {
        Parameter item = new Parameter(0, "v", Kind.ITEM, 64);
        Parameter number = new Parameter(1, "n", Kind.NUMBER, 0);

        assertEquals(new Place(item, null, 1, 8), item.at(8));
        assertEquals(new Place(item, number, 8, 8), item.at(8).indexed(number, 8));
        assertEquals(new Place(null, number, 1, -8), Place.offset(number, -8));
        assertFalse(item.at(0).inSegment());
        assertTrue(new Parameter(0, "s", Kind.SEGMENT, 0).at(0).inSegment());
    }

    @Test
    void operatorsAndConditionsAreUnsignedAndModulo() {
        assertEquals(Long.MIN_VALUE, Op.Operator.ADD.apply(Long.MAX_VALUE, 1));
        assertEquals(-1, Op.Operator.SUBTRACT.apply(0, 1));
        assertEquals(1, Op.Operator.SHIFT_RIGHT.apply(-1, 63));
        assertEquals(Long.MIN_VALUE, Op.Operator.SHIFT_LEFT.apply(1, 63));
        assertTrue(ABOVE.test(-1, 1) && !ABOVE.test(1, -1) && !ABOVE.test(1, 1));
        assertTrue(BELOW.test(1, -1) && !BELOW.test(-1, 1) && !BELOW.test(1, 1));
        assertTrue(EQUAL.test(1, 1) && NOT_EQUAL.test(1, 2));
        assertFalse(EQUAL.test(1, 2) || NOT_EQUAL.test(1, 1));
    }

    /* ------------------------- Results ------------------------- */

    @Test
    void everyLongIsOneKindOfResult() {
        for (long result = Long.MIN_VALUE; result < Long.MIN_VALUE + 64; result++) {
            long offset = result - Long.MIN_VALUE;
            assertEquals(offset > 31, Result.isCommitted(result));
            assertEquals(offset >= 16 && offset <= 31, Result.isUnequal(result));
            assertEquals(offset < 3, Result.isTransient(result));
        }
        for (long result : new long[] {Result.COMMITTED, -1, Long.MAX_VALUE}) {
            assertTrue(Result.isCommitted(result));
            assertFalse(Result.isUnequal(result) || Result.isTransient(result));
        }
    }

    @Test
    void comparisonIsFoundInItsCode() {
        for (int comparison = 0; comparison < 16; comparison++) {
            long code = Result.unequal(comparison);
            assertEquals(comparison, Result.comparison(code));
            assertEquals("unequal at comparison " + comparison, Result.describe(code));
        }
        for (int comparison : new int[] {-1, 16}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "comparison: " + comparison + " (expected: 0 to 15)",
                    () -> Result.unequal(comparison));
        }
        assertThrown(
                IllegalArgumentException.class,
                "result: committed 5 (expected: an unequal one)",
                () -> Result.comparison(5));
    }

    @Test
    void resultsHaveWords() {
        assertEquals("committed -7", Result.describe(-7));
        assertEquals("aborted", Result.describe(Result.ABORTED));
        assertEquals("stopped", Result.describe(Result.STOPPED));
        assertEquals("unregistered", Result.describe(Result.UNREGISTERED));
        assertEquals("out of range", Result.describe(Result.OUT_OF_RANGE));
        assertEquals("unknown code " + (Long.MIN_VALUE + 4), Result.describe(Long.MIN_VALUE + 4));
    }

    /* ------------------------- Availability ------------------------- */

    @Test
    void availabilityHasAReasonExactlyIfItIsNone() {
        Availability yes = Availability.available();
        Availability no = Availability.unavailable("it rains", "take an umbrella");

        assertTrue(yes.isAvailable() && yes.reason().isEmpty() && yes.remedy().isEmpty());
        assertFalse(no.isAvailable());
        assertEquals("it rains", no.reason());
        assertEquals("take an umbrella", no.remedy());
        assertEquals(no, Availability.unavailable("it rains", "take an umbrella"));
    }
}
