// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.cpulocal.CpuMemory.Item;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which interfaces and lookups fit a sequence. */
class BindTest {

    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final Class<IllegalArgumentException> REFUSED = IllegalArgumentException.class;

    private final CpuMemory memory = CpuMemory.create();
    private final Item item = memory.allocate(8);

    interface Fitting {
        long add(Item v, long count);
    }

    interface TooFew {
        long add(Item v);
    }

    interface TooMany {
        long add(Item v, long count, long more);
    }

    interface Boxed {
        long add(Item v, Long count);
    }

    interface WrongType {
        long add(MemorySegment v, long count);
    }

    interface IntOffset {
        long add(int v, long count);
    }

    interface Swapped {
        long add(long count, Item v);
    }

    interface ReturnsInt {
        int add(Item v, long count);
    }

    interface ReturnsNothing {
        void add(Item v, long count);
    }

    interface TwoMethods extends Fitting {
        long subtract(Item v, long count);
    }

    interface NoMethod {
        default long add(Item v, long count) {
            return v.offset() + count;
        }
    }

    interface Generic<T> {
        long add(T v, long count);
    }

    interface OfItem extends Generic<Item> {}

    interface WithDefault extends Fitting {
        default long twice(Item v, long count) {
            return add(v, count) + add(v, count);
        }

        static long three() {
            return 3;
        }
    }

    interface WithMethodsOfObject extends Fitting {
        @Override
        boolean equals(Object other);

        @Override
        int hashCode();

        @Override
        String toString();
    }

    interface Lax {
        long add(@Nullable Item v, long count);
    }

    private interface Private {
        long add(Item v, long count);
    }

    sealed interface Sealed permits Permitted {
        long add(Item v, long count);
    }

    record Permitted() implements Sealed {
        @Override
        public long add(Item v, long count) {
            return 0;
        }
    }

    private <T> T bind(Class<T> type) {
        return memory.bind(Sequences.LOAD_ADD_STORE, type, LOOKUP);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                TooFew.class,
                TooMany.class,
                Boxed.class,
                WrongType.class,
                IntOffset.class,
                Swapped.class,
                OfItem.class
            })
    void parametersOfTheMethodAreThoseOfTheSequence(Class<?> type) {
        assertThrown(
                REFUSED,
                "(expected: the parameters of load_add_store(item v, count))",
                () -> bind(type));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ReturnsInt.class,
                ReturnsNothing.class,
                TwoMethods.class,
                NoMethod.class,
                String.class,
                Number.class,
                Callable.class,
                Comparator.class,
                long[].class
            })
    void typeIsAnInterfaceWithOneMethodThatReturnsLong(Class<?> type) {
        assertThrown(
                REFUSED,
                "type: "
                        + type.getName()
                        + " (expected: an interface with one abstract method, which returns long)",
                () -> bind(type));
    }

    @Test
    void interfaceCanBePrivateOrHaveOtherMethods() {
        assertEquals(Result.COMMITTED, bind(Private.class).add(item, 1));
        assertEquals(0, bind(WithDefault.class).twice(item, 1));
        assertEquals(Result.COMMITTED, bind(WithMethodsOfObject.class).add(item, 1));
        LongBinaryOperator ofTheJdk = bind(LongBinaryOperator.class);
        assertEquals(Result.COMMITTED, ofTheJdk.applyAsLong(item.offset(), 1));
    }

    @Test
    void lookupHasFullAccessWhateverWasBoundBefore() throws Exception {
        assertEquals(Result.COMMITTED, bind(Fitting.class).add(item, 1));
        for (Lookup lookup :
                new Lookup[] {
                    MethodHandles.publicLookup(),
                    LOOKUP.dropLookupMode(Lookup.PRIVATE),
                    LOOKUP.dropLookupMode(Lookup.PACKAGE),
                    LOOKUP.in(String.class)
                }) {
            assertThrown(
                    REFUSED,
                    "(expected: one with full access in a class that sees "
                            + Fitting.class.getName(),
                    () -> memory.bind(Sequences.LOAD_ADD_STORE, Fitting.class, lookup));
        }
    }

    @Test
    void sealedInterfaceIsRefused() {
        assertThrown(REFUSED, "expected", () -> bind(Sealed.class));
    }

    @Test
    void functionsOfTwoMemoriesShareTheirClassAndNothingElse() {
        CpuMemory other = CpuMemory.create();
        Item otherItem = other.allocate(8);
        Fitting one = bind(Fitting.class);
        Fitting two = other.bind(Sequences.LOAD_ADD_STORE, Fitting.class, LOOKUP);

        assertSame(one.getClass(), two.getClass());
        assertNotSame(one, two);
        assertEquals(Result.COMMITTED, one.add(item, 1));
        assertEquals(Result.COMMITTED, two.add(otherItem, 1));
        assertThrown(REFUSED, "one of this memory", () -> one.add(otherItem, 1));
        assertThrown(REFUSED, "one of this memory", () -> two.add(item, 1));
    }

    @Test
    void nullIsRefused() {
        Lax add = bind(Lax.class);
        assertThrown(NullPointerException.class, "", () -> add.add(null, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -4096, 2048, 4097, 12_288, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void strideIsAPowerOfTwo(int strideBytes) {
        assertThrown(
                REFUSED,
                "strideBytes: " + strideBytes + " (expected: a power of two, 4096 to 2^30)",
                () -> CpuMemory.create(IndexMode.CPU_ID, strideBytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 12, 1 << 20, 1 << 30})
    void lastItemOfAnyStrideIsAdded(int strideBytes) {
        CpuMemory large = CpuMemory.create(IndexMode.CPU_ID, strideBytes);
        int size = large.freeBytes();
        Item all = large.allocate(size);
        Fitting add = large.bind(Sequences.LOAD_ADD_STORE, Fitting.class, LOOKUP);
        LongBinaryOperator byOffset =
                large.bind(Sequences.LOAD_ADD_STORE, LongBinaryOperator.class, LOOKUP);

        assertEquals(Result.COMMITTED, add.add(all, 1));
        assertEquals(Result.COMMITTED, byOffset.applyAsLong(strideBytes - 8L, 2));

        long last = 0;
        for (int range = 0; range < large.ranges(); range++) {
            last += large.getOpaque(all, size - 8, range);
        }
        assertEquals(2, last);
    }
}
