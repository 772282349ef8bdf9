// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/**
 * Lazy use of an mm without a reference: who frees the mm interrupts the CPUs that have it loaded,
 * while one of them goes offline.
 */
final class ShootLazies {

    /*
     * CPU 1 is idle with the mm loaded lazily, and goes offline. It does so while no other CPU runs
     * (stop_machine), and handles what interrupts are pending before: so going offline is one step
     * here, and so is looking at cpu_online_mask and sending. An offline CPU goes on for a while,
     * without interrupts.
     *
     * Both are hardware state: no memory order is at issue.
     */

    /** Where the CPU that goes offline changes to the kernel's own page table. */
    enum Leaves {
        /** While it still takes interrupts: {@code sched_cpu_wait_empty()}. */
        BEFORE_OFFLINE,
        /** Behind that: {@code idle_task_exit()}. */
        BEHIND_OFFLINE
    }

    /** Steps that a model may say are never taken. */
    static final String SHOT = "the interrupt takes the mm away";

    static final String NOT_ONLINE = "the CPU is offline and gets no interrupt";

    private static final long INIT_MM = 0;
    private static final long MM = 1;

    private final Never never;
    private final Variable online;
    private final Variable pending;
    private final Variable activeMm;
    private final Variable freed;

    private ShootLazies(Model.Builder m, Never never) {
        this.never = never;
        online = m.hardware("online", 1);
        pending = m.hardware("ipi", 0);
        activeMm = m.hardware("active_mm", MM);
        freed = m.ghost("freed", 0);
        m.interrupt(
                "do_shoot_lazy_tlb",
                task -> task.number() == 1 ? pending.get() : null,
                this::shoot);
        m.always(
                "T5: an mm that is freed is not loaded",
                freed.get().isTrue().and(activeMm.get().eq(MM)).not());
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Leaves leaves, Never never) {
        return Model.build(
                name,
                m -> {
                    ShootLazies kernel = new ShootLazies(m, never);
                    m.task("last user", 0, kernel::mmdrop);
                    m.task("idle", 1, c -> kernel.goOffline(c, leaves));
                });
    }

    private void mmdrop(Code c) {
        c.call(
                "__mmdrop",
                () -> {
                    var sent = c.local("sent");
                    c.atomically(() -> {
                        c.as("cpumask_and(mm_cpumask(mm), cpu_online_mask)")
                                .set(sent, online.get());
                        c.as("send IPI to those").set(pending.get(), online.get());
                    });
                    c.as("if (CPU 1 is online)");
                    c.when(
                            sent,
                            () -> c.as("wait for it").await(pending.get().not()),
                            () -> never.here(c, NOT_ONLINE));
                    c.as("free_mm(mm)").set(freed.get(), 1);
                });
    }

    private void shoot(Code c) {
        var active = c.as("current->active_mm").let("active", activeMm.get());
        c.as("if (current->active_mm == mm)");
        c.when(
                active.eq(MM),
                () -> {
                    never.here(c, SHOT);
                    leave(c);
                });
        c.as("done").set(pending.get(), 0);
    }

    private void leave(Code c) {
        c.as("switch_mm(mm, &init_mm)").set(activeMm.get(), INIT_MM);
    }

    private void goOffline(Code c, Leaves leaves) {
        c.as("idle").await(Expr.of(1));
        if (leaves == Leaves.BEFORE_OFFLINE) {
            c.call("sched_cpu_wait_empty", () -> c.withoutInterrupts(() -> leave(c)));
        }
        c.atomically(() -> {
            c.as("handle pending interrupts").await(pending.get().not());
            c.as("set_cpu_online(1, false)").set(online.get(), 0);
        });
        c.as("no interrupts any more").await(Expr.of(1));
        if (leaves == Leaves.BEHIND_OFFLINE) {
            c.call("idle_task_exit", () -> leave(c));
        }
    }
}
