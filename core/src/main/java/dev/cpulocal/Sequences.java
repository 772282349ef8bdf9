// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Op.Condition.EQUAL;
import static dev.cpulocal.Op.Condition.NOT_EQUAL;

import dev.cpulocal.internal.CounterMemory;
import dev.cpulocal.internal.ReaderSlots;
import java.util.List;

/**
 * The catalogue: the operations of librseq, named by their pseudo-code as there (commit 41149e2,
 * {@code include/rseq/pseudocode.h}), and those of the library's own structures.
 *
 * <p>Where librseq follows pointers, these follow offsets from the start of the CPU's range, with 0
 * as the null of lists: offset 0 is the range's header, where no item lies.
 */
public final class Sequences {

    /** {@code if (*v != expect) leave; *v = newv}. */
    public static final Sequence LOAD_CBNE_STORE =
            Sequence.build(
                    "load_cbne_store",
                    s -> {
                        var v = s.item("v", 8);
                        var expect = s.number("expect");
                        var newv = s.number("newv");
                        s.leaveIf(s.load(v.at(0)), NOT_EQUAL, expect);
                        s.commit(v.at(0), newv);
                    });

    /**
     * {@code if (*v == expectnot) leave; load = *v; *v = *(load + voffp); return load}: the pop of
     * a list whose nodes are linked by offsets.
     */
    public static final Sequence LOAD_CBEQ_STORE_ADD_LOAD_STORE =
            Sequence.build(
                    "load_cbeq_store_add_load_store",
                    s -> {
                        var v = s.item("v", 8);
                        var expectnot = s.number("expectnot");
                        var voffp = s.number("voffp");
                        var head = s.load(v.at(0));
                        s.leaveIf(head, EQUAL, expectnot);
                        var next = s.load(Place.offset(s.add(head, voffp), 0));
                        s.commit(v.at(0), next);
                        s.returns(head);
                    });

    /** {@code *v += count}. */
    public static final Sequence LOAD_ADD_STORE =
            Sequence.build(
                    "load_add_store",
                    s -> {
                        var v = s.item("v", 8);
                        var count = s.number("count");
                        s.commitAdd(v.at(0), count);
                    });

    /** {@code *(*(*ptr + off)) += inc}. */
    public static final Sequence LOAD_ADD_LOAD_LOAD_ADD_STORE =
            Sequence.build(
                    "load_add_load_load_add_store",
                    s -> {
                        var ptr = s.item("ptr", 8);
                        var off = s.number("off");
                        var inc = s.number("inc");
                        var target = s.load(Place.offset(s.add(s.load(ptr.at(0)), off), 0));
                        s.commitAdd(Place.offset(target, 0), inc);
                    });

    /** {@code if (*v != expect) leave; *v2 = newv2; *v = newv}. */
    public static final Sequence LOAD_CBNE_STORE_STORE =
            loadCbneStoreStore("load_cbne_store_store", Op.Order.RELAXED);

    /** {@link #LOAD_CBNE_STORE_STORE} with a release commit. */
    public static final Sequence LOAD_CBNE_STORE_STORE_RELEASE =
            loadCbneStoreStore("load_cbne_store_store_release", Op.Order.RELEASE);

    /** {@code if (*v != expect) leave; if (*v2 != expect2) leave; *v = newv}. */
    public static final Sequence LOAD_CBNE_LOAD_CBNE_STORE =
            Sequence.build(
                    "load_cbne_load_cbne_store",
                    s -> {
                        var v = s.item("v", 8);
                        var expect = s.number("expect");
                        var v2 = s.item("v2", 8);
                        var expect2 = s.number("expect2");
                        var newv = s.number("newv");
                        s.leaveIf(s.load(v.at(0)), NOT_EQUAL, expect);
                        s.leaveIf(s.load(v2.at(0)), NOT_EQUAL, expect2);
                        s.commit(v.at(0), newv);
                    });

    /**
     * {@code if (*v != expect) leave; memcpy(dst, src, len); *v = newv}, where {@code dst} is an
     * offset in the CPU's range, {@code src} memory of the caller, and {@code len} at most {@link
     * Sequence#MAX_COPY_BYTES}.
     */
    public static final Sequence LOAD_CBNE_MEMCPY_STORE =
            loadCbneMemcpyStore("load_cbne_memcpy_store", Op.Order.RELAXED);

    /** {@link #LOAD_CBNE_MEMCPY_STORE} with a release commit. */
    public static final Sequence LOAD_CBNE_MEMCPY_STORE_RELEASE =
            loadCbneMemcpyStore("load_cbne_memcpy_store_release", Op.Order.RELEASE);

    /**
     * {@link #LOAD_ADD_STORE} without the test of the stop word: the rseq half of {@link
     * CpuCounter}, whose other half needs no exclusion.
     */
    public static final Sequence COUNTER_ADD = CounterMemory.ADD;

    /** Put together when first asked for: not everybody uses every structure. */
    private static final class All {
        static final List<Sequence> SEQUENCES =
                List.of(
                        LOAD_CBNE_STORE,
                        LOAD_CBEQ_STORE_ADD_LOAD_STORE,
                        LOAD_ADD_STORE,
                        LOAD_ADD_LOAD_LOAD_ADD_STORE,
                        LOAD_CBNE_STORE_STORE,
                        LOAD_CBNE_STORE_STORE_RELEASE,
                        LOAD_CBNE_LOAD_CBNE_STORE,
                        LOAD_CBNE_MEMCPY_STORE,
                        LOAD_CBNE_MEMCPY_STORE_RELEASE,
                        COUNTER_ADD,
                        ReaderSlots.CLAIM,
                        CpuLock.LOCK,
                        CpuList.PUSH,
                        CpuList.TAKE_ALL,
                        CpuBuffer.PUSH,
                        CpuBuffer.PUSH_RELEASE,
                        CpuBuffer.POP,
                        CpuRecordBuffer.PUSH,
                        CpuRecordBuffer.PUSH_RELEASE,
                        RecordStack.TAKE,
                        Magazines.POP,
                        Magazines.PUSH,
                        Magazines.LOAD,
                        Magazines.UNLOAD);
    }

    private Sequences() {}

    /** {@return all of them, with those that only a structure uses, such as {@link CpuLock}} */
    public static List<Sequence> all() {
        return All.SEQUENCES;
    }

    private static Sequence loadCbneStoreStore(String name, Op.Order order) {
        return Sequence.build(
                name,
                s -> {
                    var v = s.item("v", 8);
                    var expect = s.number("expect");
                    var v2 = s.item("v2", 8);
                    var newv2 = s.number("newv2");
                    var newv = s.number("newv");
                    s.leaveIf(s.load(v.at(0)), NOT_EQUAL, expect);
                    s.storeSpeculatively(v2.at(0), newv2);
                    s.commit(v.at(0), newv, Op.Width.LONG, order);
                });
    }

    private static Sequence loadCbneMemcpyStore(String name, Op.Order order) {
        return Sequence.build(
                name,
                s -> {
                    var v = s.item("v", 8);
                    var expect = s.number("expect");
                    var dst = s.number("dst");
                    var src = s.segment("src");
                    var len = s.number("len");
                    var newv = s.number("newv");
                    s.leaveIf(s.load(v.at(0)), NOT_EQUAL, expect);
                    s.copySpeculatively(
                            Place.offset(dst, 0), src.at(0), len, Sequence.MAX_COPY_BYTES);
                    s.commit(v.at(0), newv, Op.Width.LONG, order);
                });
    }
}
