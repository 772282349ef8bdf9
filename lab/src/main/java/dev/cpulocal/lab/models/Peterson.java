// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import java.util.List;

/**
 * CPUs take Peterson's lock, some rounds long, and count in a place that it protects. Two CPUs take
 * his lock for two, more the one for many, which is one for two after the other.
 *
 * <p>G. L. Peterson, Myths about the mutual exclusion problem, Information Processing Letters
 * 12(3), 1981.
 */
public final class Peterson {

    /** How the lock is written. */
    public enum Variant {
        /** As it should be. */
        FENCED("fenced", "A barrier between what a CPU says and what it looks at."),
        /** Loads pass stores. */
        NO_FENCE(
                "no barrier",
                "No barrier there. Arm does not need it: it keeps a release and a later acquire in"
                        + " order."),
        /** Stores pass stores. */
        NO_RELEASE("no release", "A CPU can be the last on a level before it is on that level.");

        private final String title;
        private final String text;

        Variant(String title, String text) {
            this.title = title;
            this.text = text;
        }
    }

    /** What the CPUs share: where each is, who came to each level last, and what is protected. */
    private record Lock(Variable level, Variable last, Variable count) {}

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
    public Peterson(int cpus, int rounds, Variant variant) {
        this.cpus = Sizes.atLeast(2, "cpus", cpus);
        this.rounds = Sizes.atLeast(1, "rounds", rounds);
        this.variant = variant;
    }

    /** {@return the question whether the lock excludes} */
    public static Scenario scenario() {
        return new Scenario(
                "PETERSON",
                "Peterson's lock",
                """
                Who wants the lock says so, then that it is the last to say so, and waits until \
                nobody else wants it or somebody else was the last.\
                """,
                List.of(
                        small(Variant.FENCED).holds(SC, TSO, PSO, ARMV8, RISCV),
                        small(Variant.NO_FENCE).holds(SC, ARMV8).violated(TSO, PSO, RISCV),
                        small(Variant.NO_RELEASE).holds(SC, TSO).violated(PSO, ARMV8, RISCV)));
    }

    private static Scenario.Variant small(Variant variant) {
        return Scenario.Variant.of(
                variant.title, variant.text, new Peterson(2, 1, variant).model());
    }

    /** {@return the model} */
    public Model model() {
        String name =
                "Peterson's lock, %s: %d CPUs, %d rounds".formatted(variant.title, cpus, rounds);
        return Model.build(
                name,
                m -> {
                    Variable level = m.shareds("level", cpus, 0);
                    Variable last = m.shareds("last", cpus - 1, 0);
                    Variable count = m.shared("count", 0);
                    Lock lock = new Lock(level, last, count);
                    for (int cpu = 0; cpu < cpus; cpu++) {
                        int me = cpu;
                        m.task("P" + me, me, c -> program(c, lock, me));
                    }
                    m.atEnd("nothing is lost from the count", count.get().eq((long) cpus * rounds));
                });
    }

    private void program(Code c, Lock lock, int me) {
        for (int round = 0; round < rounds; round++) {
            c.call(
                    "lock",
                    () -> {
                        for (int level = 1; level < cpus; level++) {
                            climb(c, lock, me, level);
                        }
                    });
            c.store(lock.count, c.load(lock.count).plus(1));
            c.call("unlock", () -> c.storeRelease(lock.level, Expr.of(me), Expr.of(0)));
        }
    }

    private void climb(Code c, Lock lock, int me, int level) {
        c.store(lock.level, Expr.of(me), Expr.of(level));
        if (variant == Variant.NO_RELEASE) {
            c.store(lock.last, Expr.of(level - 1), Expr.of(me));
        } else {
            c.storeRelease(lock.last, Expr.of(level - 1), Expr.of(me));
        }
        if (variant != Variant.NO_FENCE) {
            c.mb();
        }
        for (int other = 0; other < cpus; other++) {
            if (other != me) {
                pass(c, lock, me, level, other);
            }
        }
    }

    /** Waits until another CPU is below the level, or somebody came to it later. */
    private static void pass(Code c, Lock lock, int me, int level, int other) {
        Label look = c.label("look");
        Label passed = c.label("passed");
        c.place(look);
        c.jumpIf(c.loadAcquire(lock.level, Expr.of(other)).lt(level), passed);
        c.jumpIf(c.loadAcquire(lock.last, Expr.of(level - 1)).eq(me), look);
        c.place(passed);
    }
}
