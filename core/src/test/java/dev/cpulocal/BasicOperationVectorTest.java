// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Op.Condition.EQUAL;
import static dev.cpulocal.Op.Operator.AND;
import static dev.cpulocal.Op.Operator.OR;
import static dev.cpulocal.Op.Operator.SHIFT_LEFT;
import static dev.cpulocal.Op.Operator.SHIFT_RIGHT;
import static dev.cpulocal.Op.Operator.SUBTRACT;
import static dev.cpulocal.Op.Operator.XOR;
import static dev.cpulocal.OperationVector.DONE;
import static dev.cpulocal.Thrown.assertThrown;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuMemory.Item;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.internal.Errno;
import dev.cpulocal.internal.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The 29 checks of the kernel's {@code basic_cpu_opv_test}, as posted with cpu_opv, in every mode.
 *
 * <p>Each test is named as the check that it repeats. Where the check passes addresses of the
 * process, these pass places of an item; where it expects EINVAL, these expect the exception of the
 * builder.
 */
@ParameterizedClass
@EnumSource
class BasicOperationVectorTest {

    private static final int BUFFER_BYTES = 1024;
    private static final int STRIDE = 1 << 14;
    private static final int MADV_HUGEPAGE = 14;

    private final CpuMemory memory;
    private final Item first;
    private final Item second;
    private final Item third;

    BasicOperationVectorTest(Mode mode) {
        memory = new CpuMemory(mode.engine(), STRIDE);
        first = memory.allocate(BUFFER_BYTES);
        second = memory.allocate(BUFFER_BYTES);
        third = memory.allocate(BUFFER_BYTES);
    }

    private int lastRange() {
        return memory.ranges() - 1;
    }

    private static void fill(CpuMemory memory, Item item, int range, long value) {
        for (int at = 0; at < item.sizeBytes(); at += Long.BYTES) {
            memory.setOpaque(item, at, range, value);
        }
    }

    private void set(Item item, long value) {
        memory.setOpaque(item, 0, lastRange(), value);
    }

    private long get(Item item) {
        return memory.getOpaque(item, 0, lastRange());
    }

    private interface TwoItems {
        void describe(OperationVector.Builder vector, Parameter a, Parameter b);
    }

    private long execute(TwoItems description) {
        OperationVector vector =
                OperationVector.build(
                        "two",
                        v ->
                                description.describe(
                                        v, v.item("a", BUFFER_BYTES), v.item("b", BUFFER_BYTES)));
        return memory.execute(lastRange(), vector, first, second);
    }

    private long executeOnOne(BiConsumer<OperationVector.Builder, Parameter> description) {
        OperationVector vector =
                OperationVector.build("one", v -> description.accept(v, v.item("a", 8)));
        return memory.execute(lastRange(), vector, first);
    }

    private long arithmetic(long before, Operator operator, long operand) {
        set(first, before);
        assertEquals(
                DONE,
                executeOnOne((v, a) ->
                        v.arithmetic(
                                a.at(0),
                                operator,
                                v.constant(operand),
                                Width.LONG,
                                Order.RELAXED)));
        return get(first);
    }

    private static void assertInvalid(
            String rule, BiConsumer<OperationVector.Builder, Parameter> description) {
        assertThrown(
                IllegalArgumentException.class,
                "operation vector invalid" + rule,
                () -> OperationVector.build("invalid", v -> description.accept(v, v.segment("a"))));
    }

    /* ------------------------- Comparisons ------------------------- */

    @Test
    void opsSupported() {
        assertEquals(
                List.of("Compare", "Copy", "Arithmetic", "Barrier"),
                Arrays.stream(OperationVector.Operation.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
    }

    @Test
    void compareEqSame() {
        fill(memory, first, lastRange(), 5);
        fill(memory, second, lastRange(), 5);
        assertEquals(DONE, execute((v, a, b) -> v.compareEqual(a.at(0), b.at(0), BUFFER_BYTES)));
    }

    @Test
    void compareEqDiff() {
        fill(memory, first, lastRange(), 5);
        assertEquals(1, execute((v, a, b) -> v.compareEqual(a.at(0), b.at(0), BUFFER_BYTES)));
    }

    @Test
    void compareNeSame() {
        fill(memory, first, lastRange(), 5);
        fill(memory, second, lastRange(), 5);
        assertEquals(1, execute((v, a, b) -> v.compareNotEqual(a.at(0), b.at(0), BUFFER_BYTES)));
    }

    @Test
    void compareNeDiff() {
        memory.setOpaque(first, BUFFER_BYTES - 8, lastRange(), 5);
        assertEquals(DONE, execute((v, a, b) -> v.compareNotEqual(a.at(0), b.at(0), BUFFER_BYTES)));
    }

    private long twoCompareEqual(boolean sameFirst, boolean sameSecond) {
        set(first, sameFirst ? 0 : 1);
        memory.setOpaque(first, 8, lastRange(), sameSecond ? 0 : 1);
        return execute((v, a, b) -> {
            v.compareEqual(a.at(0), b.at(0));
            v.compareEqual(a.at(8), b.at(8));
        });
    }

    @Test
    void twoCompareEqIndex() {
        assertEquals(1, twoCompareEqual(false, true));
        assertEquals(2, twoCompareEqual(true, false));
        assertEquals(1, twoCompareEqual(false, false));
        assertEquals(DONE, twoCompareEqual(true, true));
    }

    private long twoCompareNotEqual(boolean sameFirst, boolean sameSecond) {
        set(first, sameFirst ? 0 : 1);
        memory.setOpaque(first, 8, lastRange(), sameSecond ? 0 : 1);
        return execute((v, a, b) -> {
            v.compareNotEqual(a.at(0), b.at(0));
            v.compareNotEqual(a.at(8), b.at(8));
        });
    }

    @Test
    void twoCompareNeIndex() {
        assertEquals(1, twoCompareNotEqual(true, false));
        assertEquals(2, twoCompareNotEqual(false, true));
        assertEquals(1, twoCompareNotEqual(true, true));
        assertEquals(DONE, twoCompareNotEqual(false, false));
    }

    /* ------------------------- Copies ------------------------- */

    @Test
    void memcpy() {
        fill(memory, first, lastRange(), 0x0102_0304_0506_0708L);
        assertEquals(DONE, execute((v, a, b) -> v.copy(b.at(0), a.at(0), BUFFER_BYTES)));
        assertEquals(DONE, execute((v, a, b) -> v.compareEqual(a.at(0), b.at(0), BUFFER_BYTES)));
        for (int range = 0; range < lastRange(); range++) {
            assertEquals(0, memory.getOpaque(second, 0, range));
        }
    }

    @Test
    void memcpyU32() {
        set(first, 0x1111_1111_2222_2222L);
        set(second, -1);
        assertEquals(DONE, execute((v, a, b) -> v.copy(b.at(0), a.at(0), 4)));
        assertEquals(0xFFFF_FFFF_2222_2222L, get(second));
    }

    @Test
    void memcpyMbMemcpy() {
        fill(memory, first, lastRange(), 7);
        OperationVector vector =
                OperationVector.build(
                        "twice",
                        v -> {
                            var a = v.item("a", 1000);
                            var b = v.item("b", 1000);
                            var c = v.item("c", 1000);
                            v.copy(b.at(0), a.at(0), 1000);
                            v.barrier();
                            v.copy(c.at(0), b.at(0), 1000);
                            v.compareEqual(c.at(0), a.at(0), 1000);
                        });
        assertEquals(DONE, memory.execute(lastRange(), vector, first, second, third));
        assertEquals(7, get(third));
    }

    /* ------------------------- Arithmetic ------------------------- */

    @Test
    void add() {
        assertEquals(42, arithmetic(40, Operator.ADD, 2));
        assertEquals(-1, arithmetic(1, Operator.ADD, -2));
    }

    @Test
    void twoAdd() {
        set(first, 2);
        assertEquals(
                DONE,
                executeOnOne((v, a) -> {
                    v.add(a.at(0), 10);
                    v.add(a.at(0), 100);
                }));
        assertEquals(112, get(first));
    }

    @Test
    void or() {
        assertEquals(0xFF00_00F0L, arithmetic(0xFF00_0000L, OR, 0xF0));
    }

    @Test
    void and() {
        assertEquals(0xF000_0000L, arithmetic(0xFF00_0000L, AND, 0xF000_00FFL));
    }

    @Test
    void xor() {
        assertEquals(0x0F00_00FFL, arithmetic(0xFF00_0000L, XOR, 0xF000_00FFL));
    }

    @Test
    void lshift() {
        assertEquals(0xF00L, arithmetic(0xF0, SHIFT_LEFT, 4));
        assertEquals(Long.MIN_VALUE, arithmetic(1, SHIFT_LEFT, 63));
    }

    @Test
    void rshift() {
        assertEquals(0xFL, arithmetic(0xF0, SHIFT_RIGHT, 4));
        assertEquals(1, arithmetic(Long.MIN_VALUE, SHIFT_RIGHT, 63));
    }

    @Test
    void arithmeticOfEveryWidthStaysInItsBytes() {
        long before = 0x8182_8384_8586_8788L;
        for (Width width : Width.values()) {
            set(first, before);
            assertEquals(
                    DONE,
                    executeOnOne((v, a) ->
                            v.arithmetic(
                                    a.at(0), SHIFT_LEFT, v.constant(4), width, Order.RELEASE)));
            long mask = width == Width.LONG ? -1 : (1L << (width.bytes() * 8)) - 1;
            assertEquals((before & ~mask) | (before << 4 & mask), get(first));
        }
    }

    /* ------------------------- Compare and exchange ------------------------- */

    @Test
    void cmpxchgSuccess() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(8);
            set(first, 5);
            assertEquals(
                    DONE,
                    memory.execute(
                            lastRange(), OperationVectors.COMPARE_AND_EXCHANGE, first, 5, old, 6));
            assertEquals(5, old.get(JAVA_LONG, 0));
            assertEquals(6, get(first));
        }
    }

    /** The comparison is the second operation, and the copy before it stays done. */
    @Test
    void cmpxchgFail() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(8);
            set(first, 5);
            assertEquals(
                    2,
                    memory.execute(
                            lastRange(), OperationVectors.COMPARE_AND_EXCHANGE, first, 4, old, 6));
            assertEquals(5, old.get(JAVA_LONG, 0));
            assertEquals(5, get(first));
        }
    }

    /* ------------------------- Faults and limits ------------------------- */

    /** EFAULT, and EAGAIN where a fault is expected: here an exception, and nothing was done. */
    @Test
    void memcpyFault() {
        OperationVector vector =
                OperationVector.build(
                        "fault",
                        v -> {
                            var a = v.item("a", 8);
                            v.add(a.at(0), 1);
                            v.copy(a.at(0), v.segment("from").at(0), 8);
                        });
        MemorySegment closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(8);
            assertThrown(
                    IndexOutOfBoundsException.class,
                    "from: 7 bytes (expected: 0 to 8 inside, for fault)",
                    () -> memory.execute(lastRange(), vector, first, closed.asSlice(0, 7)));
        }
        assertThrown(
                IllegalStateException.class,
                "segment: Already closed (expected: an open one)",
                () -> memory.execute(lastRange(), vector, first, closed));
        assertEquals(0, get(first));
    }

    @Test
    void unknownOp() {
        assertInvalid(
                ", operation 1 ([a] -= 1, 8 bytes): no subtraction: add the negative",
                (v, a) ->
                        v.arithmetic(a.at(0), SUBTRACT, v.constant(1), Width.LONG, Order.RELAXED));
        assertInvalid(
                ", operation 1 (go on if [a] <u 1, 8 bytes): a comparison is for equal or not"
                        + " equal",
                (v, a) -> v.compare(a.at(0), Op.Condition.BELOW, v.constant(1), v.constant(8), 8));
    }

    @Test
    void maxOps() {
        assertEquals(
                DONE,
                executeOnOne((v, _) -> {
                    for (int i = 0; i < OperationVector.MAX_OPERATIONS; i++) {
                        v.barrier();
                    }
                }));
    }

    @Test
    void tooManyOps() {
        assertInvalid(
                ": at most 16 operations",
                (v, _) -> {
                    for (int i = 0; i < 17; i++) {
                        v.barrier();
                    }
                });
    }

    @Test
    void memcpySingleTooLarge() {
        assertInvalid(
                ", operation 1 ([a] = [a], 65537 bytes): an operand has 0 to 4096 bytes",
                (v, a) -> v.copy(a.at(0), a.at(0), 65_537));
    }

    @Test
    void memcpySingleOkSumTooLarge() {
        assertEquals(4216, OperationVector.MAX_TOTAL_BYTES);
        assertInvalid(
                ": at most 4216 bytes in all",
                (v, a) -> {
                    v.copy(a.at(0), a.at(0), 4096);
                    v.copy(a.at(0), a.at(0), 121);
                });
        OperationVector.build(
                "just-so",
                v -> {
                    var a = v.segment("a");
                    v.copy(a.at(0), a.at(0), 4096);
                    v.copy(a.at(0), a.at(0), 120);
                });
    }

    /** 16384 pages, none of which was touched before, as source and as destination. */
    @Test
    void pageFault() {
        OperationVector vector =
                OperationVector.build(
                        "fault-in",
                        v -> {
                            var a = v.item("a", 8);
                            var b = v.segment("b");
                            var at = v.number("at");
                            v.copy(a.at(0), b.at(0).indexed(at, 1), 8);
                            v.copy(b.at(0).indexed(at, 1), v.constant(1), 8);
                        });
        int pages = 16_384;
        MemorySegment untouched = map(pages * 4096L);
        for (int page = 0; page < pages; page++) {
            set(first, -1);
            assertEquals(DONE, memory.execute(lastRange(), vector, first, untouched, page * 4096));
            assertEquals(0, get(first));
            assertEquals(1, untouched.get(JAVA_LONG, page * 4096L));
        }
        Libc.munmap(untouched.address(), untouched.byteSize());
    }

    private static MemorySegment map(long bytes) {
        long address = Libc.mmap(bytes, Libc.PROT_READ | Libc.PROT_WRITE);
        assertTrue(address > 0, () -> Errno.name((int) -address));
        return Libc.memory(address, bytes);
    }

    /** 2 MB that the kernel is asked to back by a huge page. */
    @Test
    void hugetlb() {
        int huge = 2 << 20;
        OperationVector vector =
                OperationVector.build(
                        "huge",
                        v -> {
                            var b = v.segment("b");
                            v.copy(b.at(huge - 4096), b.at(0), 4096);
                        });
        MemorySegment mapped = map(2L * huge);
        long aligned = (mapped.address() + huge - 1) & -huge;
        MemorySegment page = Libc.memory(aligned, huge);
        MemorySegment madvise = Libc.symbol("madvise").orElseThrow();
        assertEquals(0, (int) Libc.call(madvise, aligned, huge, MADV_HUGEPAGE));
        page.asSlice(0, 4096).fill((byte) 3);
        assertEquals(DONE, memory.execute(lastRange(), vector, page));
        assertEquals(-1, page.asSlice(0, 4096).mismatch(page.asSlice(huge - 4096, 4096)));
        Libc.munmap(mapped.address(), mapped.byteSize());
    }

    @Test
    void overPossibleCpu() {
        OperationVector vector = OperationVector.build("none", OperationVector.Builder::barrier);
        String expected = " (expected: 0 to " + lastRange() + ")";
        for (int range : new int[] {-1, memory.ranges(), Integer.MAX_VALUE}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "range: " + range + expected,
                    () -> memory.execute(range, vector));
        }
    }

    /**
     * The system call refused CPUs that the thread may not run on. Here nobody has to run there.
     */
    @Test
    void allowedAffinity() {
        CpuSet allowed = Libc.affinity(0);
        int thread = Libc.gettid();
        try {
            assertEquals(
                    0, Libc.setAffinity(thread, CpuSet.of(allowed.stream().min().orElseThrow())));
            for (int range = 0; range < memory.ranges(); range++) {
                assertEquals(DONE, memory.execute(range, OperationVectors.ADD, first, 1));
                assertEquals(1, memory.getOpaque(first, 0, range));
            }
        } finally {
            assertEquals(0, Libc.setAffinity(thread, allowed));
        }
    }

    /** Length 0 is legal: nothing is equal to nothing, and a copy of nothing changes nothing. */
    @Test
    void lengthZero() {
        set(second, 9);
        assertEquals(
                DONE,
                execute((v, a, b) -> {
                    v.compare(a.at(0), EQUAL, b.at(0), v.constant(0), 0);
                    v.copy(a.at(0), b.at(0), 0);
                }));
        assertEquals(0, get(first));
        assertEquals(1, execute((v, a, b) -> v.compareNotEqual(a.at(0), b.at(0), 0)));
    }
}
