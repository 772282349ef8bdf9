// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/** The outermost {@code rcu_read_lock()} of liburcu, and a writer that waits for readers. */
final class ReadSide {

    /*
     * The reader publishes that it reads, then follows the pointer. The writer replaces the
     * pointer, and frees the old object if it sees no reader; it looks once, which can be any time.
     */

    /** What orders the two accesses of each side. */
    enum Fences {
        /** cmm_smp_mb() in both. */
        BOTH,
        /** Nothing in the reader, membarrier() in the writer. */
        MEMBARRIER,
        /** Nothing in the reader, cmm_smp_mb() in the writer. */
        WRITER_ONLY,
        /** cmm_smp_mb() in the reader, nothing in the writer. */
        READER_ONLY
    }

    /** A step that a model may say is never taken. */
    static final String FREED = "the old object is freed";

    /** Another such step. */
    static final String SEEN = "the writer sees the reader";

    private static final long USED = 1;
    private static final long FREE = 0;
    private static final int WINDOW = 16;

    private final Fences fences;
    private final Never never;
    private final Ipi membarrier;
    private final Variable ctr;
    private final Variable pointer;
    private final Variable memory;

    ReadSide(Model.Builder m, Fences fences, Never never) {
        this.fences = fences;
        this.never = never;
        ctr = m.shared("reader.ctr", 0);
        pointer = m.shared("pointer", 0);
        memory = m.shareds("memory", List.of(USED, USED));
        m.window(WINDOW);
        m.task("reader", 0, this::reader);
        m.task("writer", 1, this::writer);
        membarrier = new Ipi(m, "ipi_mb", 2, c -> c.as("smp_mb()").mb());
    }

    private void reader(Code c) {
        c.call(
                "rcu_read_lock",
                () -> {
                    c.as("reader.ctr = gp_ctr").store(ctr, 1);
                    if (fences == Fences.BOTH || fences == Fences.READER_ONLY) {
                        c.as("cmm_smp_mb()").mb();
                    }
                });
        var object = c.as("p = rcu_dereference(pointer)").load(pointer);
        var is = c.as("*p").load(memory, object);
        c.check("no reader uses what was freed", is.eq(USED));
        c.call(
                "rcu_read_unlock",
                () -> {
                    c.as("cmm_smp_mb()").mb();
                    c.as("reader.ctr = 0").store(ctr, 0);
                });
    }

    private void writer(Code c) {
        c.as("pointer = new").store(pointer, 1);
        var seen = c.local("ctr");
        c.call("synchronize_rcu", () -> synchronizeRcu(c, seen));
        c.as("if (no reader is seen)");
        c.when(
                seen.not(),
                () -> {
                    never.here(c, FREED);
                    c.as("free(old)").store(memory, Expr.of(0), Expr.of(FREE));
                },
                () -> never.here(c, SEEN));
    }

    private void synchronizeRcu(Code c, Expr.Local seen) {
        order(c);
        c.as("reader.ctr").loadTo(seen, ctr);
        order(c);
    }

    private void order(Code c) {
        switch (fences) {
            case BOTH, WRITER_ONLY -> c.as("cmm_smp_mb()").mb();
            case MEMBARRIER -> c.call("membarrier", () -> membarrier(c));
            case READER_ONLY -> {}
        }
    }

    private void membarrier(Code c) {
        c.as("smp_mb()").mb();
        membarrier.callAndWait(c, 0);
        c.as("smp_mb()").mb();
    }
}
