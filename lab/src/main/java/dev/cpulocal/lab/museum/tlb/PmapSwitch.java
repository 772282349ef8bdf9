// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Ipi;
import dev.cpulocal.lab.museum.Never;
import java.util.List;

/**
 * {@code cpu_switchto()} of OpenBSD/amd64 on CPU 1, against a thread on CPU 0 that unmaps memory of
 * the process that CPU 1 leaves, or stays in.
 */
final class PmapSwitch {

    /*
     * A pmap is what an mm is in Linux, and its pm_cpus says which CPUs a shootdown interrupts. The
     * promise: who is not in pm_cpus does not have the pmap loaded, and so cannot use or walk it.
     * Both sides are atomic instructions; no memory order is at issue.
     *
     * CPU 1 runs a thread of the process and goes on to another thread, of the same process or of
     * another one. Left out: how the other process comes to its own bit, which is TLB-01; and
     * tagged TLBs, so that what a CPU has cached goes with %cr3.
     */

    /** In what order a CPU leaves the old pmap and its bit. */
    enum Order {
        /** The new bit, %cr3, the old bit; and nothing of that if %cr3 stays the same. */
        FIXED,
        /** The old bit, %cr3 if it does not stay the same, the new bit. */
        CLEARED_FIRST,
        /** As on s390: the kernel's own page table, the old bit, the new bit, the new %cr3. */
        KERNEL_BETWEEN
    }

    /** What CPU 1 goes on to. */
    enum Next {
        /** A thread of the same process. */
        SAME_PROCESS,
        /** The same, on a CPU that never walks on speculation. */
        SAME_PROCESS_NO_SPECULATION,
        /** One of another process. */
        OTHER_PROCESS
    }

    /** Steps that a model may say are never taken. */
    static final String SENT = "the shootdown interrupts the CPU";

    static final String SKIPPED = "the shootdown skips the CPU";

    private static final int PMAP = 1;
    private static final int OTHER = 2;
    private static final int KERNEL = 0;
    private static final long CPU_1 = 1 << 1;

    private final Order order;
    private final Next next;
    private final Never never;
    private final Variable pmCpus;
    private final Variable cr3;
    private final Variable cached;
    private final PageWalk walk;
    private final Ipi ipi;

    private PmapSwitch(Model.Builder m, Order order, Next next, Never never) {
        this.order = order;
        this.next = next;
        this.never = never;
        pmCpus = m.shareds("pm_cpus", List.of(0L, CPU_1, 0L));
        cr3 = m.hardware("cr3", PMAP);
        cached = m.hardware("table cached", 1);
        walk =
                new PageWalk(
                        m,
                        task -> task.number() == 0 || !speculates() ? null : cr3.get().eq(PMAP),
                        m.shared("pde", 1),
                        cached,
                        never);
        ipi = new Ipi(m, "Xipi_invlrange", 2, c -> c.as("invlpg").set(cached.get(), 0));
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Order order, Next next, Never never) {
        return Model.build(
                name,
                m -> {
                    var kernel = new PmapSwitch(m, order, next, never);
                    m.task("unmap", 0, kernel::remove);
                    var before = m.background("thread", 1);
                    var after = m.waitingTask("next thread");
                    before.runs(c -> {
                        c.as("runs").await(Expr.of(1));
                        kernel.switchTo(c);
                        c.switchTo(after.id());
                    });
                    after.runs(kernel::run);
                });
    }

    private boolean speculates() {
        return next != Next.SAME_PROCESS_NO_SPECULATION;
    }

    private int nextPmap() {
        return next == Next.OTHER_PROCESS ? OTHER : PMAP;
    }

    /* ------------------------- CPU 0 ------------------------- */

    private void remove(Code c) {
        c.call(
                "pmap_remove",
                () -> {
                    walk.unhook(c, "pmap_pte_set(pde, 0)");
                    c.call("pmap_tlb_shootrange", () -> shoot(c));
                    walk.free(c);
                });
    }

    private void shoot(Code c) {
        c.as("the exchange is a full barrier").mb();
        var cpus = c.as("pm->pm_cpus").load(pmCpus, Expr.of(PMAP));
        c.as("if (CPU 1 is in it)");
        c.when(
                cpus.and(CPU_1),
                () -> {
                    never.here(c, SENT);
                    ipi.callAndWait(c, 1);
                },
                () -> never.here(c, SKIPPED));
    }

    /* ------------------------- CPU 1 ------------------------- */

    private void switchTo(Code c) {
        c.call(
                "cpu_switchto",
                () ->
                        c.withoutInterrupts(() ->
                                c.withInterrupts(
                                        List.of(walk.speculation()), () -> changePmap(c))));
    }

    private void run(Code c) {
        c.as("runs").await(Expr.of(1));
        if (nextPmap() == PMAP) {
            walk.use(c);
        }
    }

    private void changePmap(Code c) {
        switch (order) {
            case FIXED ->
                    unlessSame(
                            c,
                            () -> {
                                set(c);
                                load(c, "the new one's", nextPmap());
                                clear(c);
                            });
            case CLEARED_FIRST -> {
                clear(c);
                unlessSame(c, () -> load(c, "the new one's", nextPmap()));
                set(c);
            }
            case KERNEL_BETWEEN -> {
                load(c, "the kernel's", KERNEL);
                clear(c);
                set(c);
                load(c, "the new one's", nextPmap());
            }
        }
    }

    private void unlessSame(Code c, Runnable body) {
        Expr same = c.as("is %cr3 the new one's?").let("same", cr3.get().eq(nextPmap()));
        c.as("if (it is not)");
        c.when(same.not(), body);
    }

    private void set(Code c) {
        c.as("lock bts: the new pmap's pm_cpus")
                .fetch(Operator.OR, pmCpus, Expr.of(nextPmap()), Expr.of(CPU_1));
    }

    private void clear(Code c) {
        c.as("lock btr: the old pmap's pm_cpus")
                .fetch(Operator.AND, pmCpus, Expr.of(PMAP), Expr.of(~CPU_1));
    }

    private void load(Code c, String whose, int pmap) {
        c.atomically(() -> {
            c.as("%cr3 = " + whose).set(cr3.get(), pmap);
            c.as("forget page tables").set(cached.get(), 0);
        });
    }
}
