// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import java.util.List;

/** CPUs take a ticket lock, some rounds long, and count in a place that it protects. */
public final class TicketLock {

    /** How the lock is written. */
    public enum Variant {
        /** As it should be. */
        RIGHT("right", "As it should be."),
        /** Loads of the owner order nothing. */
        NO_ACQUIRE("no acquire", "The loads that wait for the own ticket order nothing."),
        /** The store of the owner orders nothing. */
        NO_RELEASE("no release", "The store that hands the lock on orders nothing."),
        /** Two can draw the same ticket. */
        NOT_ATOMIC("not atomic", "A ticket is drawn by a load and a store.");

        private final String title;
        private final String text;

        Variant(String title, String text) {
            this.title = title;
            this.text = text;
        }
    }

    private final int cpus;
    private final int rounds;
    private final Variant variant;

    /**
     * Chooses a size.
     *
     * @param cpus how many CPUs, 2 or more
     * @param rounds how often each takes the lock, 1 or more
     * @param variant how the lock is written
     */
    public TicketLock(int cpus, int rounds, Variant variant) {
        this.cpus = Sizes.atLeast(2, "cpus", cpus);
        this.rounds = Sizes.atLeast(1, "rounds", rounds);
        this.variant = variant;
    }

    /** {@return the question whether the lock excludes} */
    public static Scenario scenario() {
        return new Scenario(
                "TICKET-LOCK",
                "A ticket lock",
                """
                Who wants the lock draws the next ticket, and waits until the owner's number is its \
                own. Whoever holds it counts, and hands it on by storing the next number.\
                """,
                List.of(
                        small(Variant.RIGHT).holds(SC, TSO, PSO, ARMV8, RISCV),
                        small(Variant.NO_ACQUIRE).holds(SC, TSO, PSO).violated(ARMV8, RISCV),
                        small(Variant.NO_RELEASE).holds(SC, TSO).violated(PSO, ARMV8, RISCV),
                        small(Variant.NOT_ATOMIC).violated(SC, TSO, PSO, ARMV8, RISCV)));
    }

    private static Scenario.Variant small(Variant variant) {
        return Scenario.Variant.of(
                variant.title, variant.text, new TicketLock(2, 1, variant).model());
    }

    /** {@return the model} */
    public Model model() {
        String name = "ticket lock, %s: %d CPUs, %d rounds".formatted(variant.title, cpus, rounds);
        return Model.build(
                name,
                m -> {
                    Variable next = m.shared("next", 0);
                    Variable owner = m.shared("owner", 0);
                    Variable count = m.shared("count", 0);
                    for (int cpu = 0; cpu < cpus; cpu++) {
                        m.task("P" + cpu, cpu, c -> program(c, next, owner, count));
                    }
                    m.atEnd("nothing is lost from the count", count.get().eq((long) cpus * rounds));
                });
    }

    private void program(Code c, Variable next, Variable owner, Variable count) {
        for (int round = 0; round < rounds; round++) {
            Local ticket = draw(c, next);
            c.until(() -> owner(c, owner).eq(ticket));
            c.store(count, c.load(count).plus(1));
            handOn(c, owner, ticket.plus(1));
        }
    }

    private Local draw(Code c, Variable next) {
        if (variant != Variant.NOT_ATOMIC) {
            return c.fetchAdd(next, 1);
        }
        Local ticket = c.load(next);
        c.store(next, ticket.plus(1));
        return ticket;
    }

    private Local owner(Code c, Variable owner) {
        return variant == Variant.NO_ACQUIRE ? c.load(owner) : c.loadAcquire(owner);
    }

    private void handOn(Code c, Variable owner, Expr ticket) {
        if (variant == Variant.NO_RELEASE) {
            c.store(owner, ticket);
        } else {
            c.storeRelease(owner, Expr.of(0), ticket);
        }
    }
}
