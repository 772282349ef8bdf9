// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;

/**
 * Ready-made operation vectors: those of the library that was posted with cpu_opv, by other names,
 * and what CPUs are drained with.
 *
 * <p>The others of that library have the meaning of a {@link Sequence}, and are executed as one by
 * {@link CpuMemory#execute(int, Sequence, Object...)}:
 *
 * <table>
 * <caption>Functions of the posted library</caption>
 * <tr><th>posted<th>here
 * <tr><td>cpu_op_cmpxchg<td>{@link #COMPARE_AND_EXCHANGE}
 * <tr><td>cpu_op_add, cpu_op_add_release<td>{@link #ADD}, {@link #ADD_RELEASE}
 * <tr><td>cpu_op_addv<td>{@link Sequences#LOAD_ADD_STORE}
 * <tr><td>cpu_op_cmpeqv_storev<td>{@link Sequences#LOAD_CBNE_STORE}
 * <tr><td>cpu_op_cmpnev_storeoffp_load<td>{@link Sequences#LOAD_CBEQ_STORE_ADD_LOAD_STORE}
 * <tr><td>cpu_op_cmpeqv_storev_storev<td>{@link Sequences#LOAD_CBNE_STORE_STORE}
 * <tr><td>cpu_op_cmpeqv_storev_mb_storev<td>{@link Sequences#LOAD_CBNE_STORE_STORE_RELEASE}
 * <tr><td>cpu_op_cmpeqv_cmpeqv_storev<td>{@link Sequences#LOAD_CBNE_LOAD_CBNE_STORE}
 * <tr><td>cpu_op_cmpeqv_memcpy_storev<td>{@link Sequences#LOAD_CBNE_MEMCPY_STORE}
 * <tr><td>cpu_op_cmpeqv_memcpy_mb_storev<td>{@link Sequences#LOAD_CBNE_MEMCPY_STORE_RELEASE}
 * <tr><td>cpu_opv<td>{@link CpuMemory#execute(int, OperationVector, Object...)}
 * <tr><td>cpu_op_get_current_cpu<td>{@link Cpu#current}
 * <tr><td>cpu_op_available<td>always; {@link Rseq#availability} says how
 * </table>
 */
public final class OperationVectors {

    /**
     * {@code *old = *v; if (*v != expect) fail; *v = newv}. The comparison is operation 2, and what
     * was found is in {@code old} either way.
     */
    public static final OperationVector COMPARE_AND_EXCHANGE =
            OperationVector.build(
                    "compare-and-exchange",
                    vector -> {
                        var v = vector.item("v", 8);
                        var expect = vector.number("expect");
                        var old = vector.segment("old");
                        var newv = vector.number("newv");
                        vector.copy(old.at(0), v.at(0));
                        vector.compareEqual(v.at(0), expect);
                        vector.copy(v.at(0), newv);
                    });

    /** {@code *v += count}. */
    public static final OperationVector ADD = add("add", Order.RELAXED);

    /** {@link #ADD} with release order. */
    public static final OperationVector ADD_RELEASE = add("add-release", Order.RELEASE);

    /**
     * {@code found[range] = *v}: executed on all ranges, it reads the words of all CPUs as they are
     * at one moment.
     */
    public static final OperationVector READ =
            OperationVector.build(
                    "read",
                    vector -> {
                        var v = vector.item("v", 8);
                        var found = vector.segmentOfRanges("found", 8);
                        vector.copy(found.at(0), v.at(0));
                    });

    /** {@code found[range] = *v; *v = newv}: what a CPU has is taken away from it. */
    public static final OperationVector EXCHANGE =
            OperationVector.build(
                    "exchange",
                    vector -> {
                        var v = vector.item("v", 8);
                        var found = vector.segmentOfRanges("found", 8);
                        var newv = vector.number("newv");
                        vector.copy(found.at(0), v.at(0));
                        vector.copy(v.at(0), newv);
                    });

    private OperationVectors() {}

    private static OperationVector add(String name, Order order) {
        return OperationVector.build(
                name,
                vector -> {
                    var v = vector.item("v", 8);
                    var count = vector.number("count");
                    vector.arithmetic(v.at(0), Operator.ADD, count, Width.LONG, order);
                });
    }
}
