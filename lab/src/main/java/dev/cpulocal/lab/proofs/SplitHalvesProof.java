// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.Sequences;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import java.util.List;

/** Counters: a word for sequences and one for atomic instructions on each CPU, and a reset. */
final class SplitHalvesProof {

    /** A reset loads and adds so much in a row. */
    private static final int WINDOW = 10;

    private SplitHalvesProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/split-halves",
                "Counters of two halves, and their reset",
                """
                An attempt that was aborted is repeated, or the addition is made to the other half \
                by an atomic instruction; nobody is stopped or fenced. A third thread reads the \
                sum and takes it away, by adding its negative to an atomic half. What it took and \
                what is left is the number of additions.\
                """,
                List.of(
                        variant("right", "As it is.", Setup.RIGHT).holds(SC, TSO),
                        single("one addition", "As it is.", Setup.RIGHT).holds(ARMV8),
                        single(
                                        "one addition, " + Mutant.RESET_BY_STORE.title(),
                                        Mutant.RESET_BY_STORE.text(),
                                        Setup.RIGHT.with(Mutant.RESET_BY_STORE))
                                .violated(ARMV8),
                        variant(Mutant.SAME_HALF).violated(SC, TSO),
                        variant(Mutant.RESET_BY_STORE).violated(SC, TSO),
                        variant(
                                        "reached: other half",
                                        "Right, but said never to do this.",
                                        Setup.RIGHT.claiming("the other half is added to"))
                                .violated(SC)));
    }

    private static Variant variant(Mutant mutant) {
        return variant(mutant.title(), mutant.text(), Setup.RIGHT.with(mutant));
    }

    private static Variant variant(String name, String text, Setup setup) {
        return Variant.of(name, text, model("split halves, " + name, setup, List.of("A", "B")));
    }

    /** Fewer states: one thread adds, one resets, and one only wants a CPU. */
    private static Variant single(String name, String text, Setup setup) {
        return Variant.of(name, text, model("split halves, " + name, setup, List.of("A")));
    }

    private static Model model(String name, Setup setup, List<String> adders) {
        return Example.model(
                name,
                setup,
                Sequences.COUNTER_ADD,
                (m, example) -> {
                    Variable atomic = m.shareds("atomic half", setup.kernel().cpus(), 0);
                    Variable taken = m.ghost("taken", 0);
                    m.window(WINDOW);
                    for (String thread : adders) {
                        example.kernel().thread(thread, c -> add(c, setup, example, atomic));
                    }
                    example.kernel().thread("R", c -> reset(c, setup, example, atomic, taken));
                    if (adders.size() == 1) {
                        example.kernel().thread("idle", c -> {});
                    }
                    m.atEnd(
                            "every addition is counted once",
                            example.sum().plus(sum(atomic)).plus(taken.get()).eq(adders.size()));
                });
    }

    private static void add(Code c, Setup setup, Example example, Variable atomic) {
        Variable words = example.calls().memory().memory();
        Variable other = setup.has(Mutant.SAME_HALF) ? words : atomic;
        example.calls()
                .callOr(
                        c,
                        example.add(),
                        () -> {
                            setup.step(c, "the other half is added to");
                            Local cpu = c.as("cpu = sched_getcpu()").let("cpu", new Expr.Cpu());
                            c.as("getAndAdd(atomic half, 1)").add(other, cpu, Expr.of(1));
                        });
    }

    private static void reset(
            Code c, Setup setup, Example example, Variable atomic, Variable taken) {
        Variable words = example.calls().memory().memory();
        boolean stores = setup.has(Mutant.RESET_BY_STORE);
        Local all = c.let("sum", Expr.of(0));
        for (Variable half : List.of(words, atomic)) {
            for (int cpu = 0; cpu < half.length(); cpu++) {
                Local part = c.as("getOpaque(" + half + ")").load(half, Expr.of(cpu));
                c.set(all, all.plus(part));
                if (stores) {
                    c.as("set(" + half + ", 0)").store(half, Expr.of(cpu), Expr.of(0));
                }
            }
        }
        if (!stores) {
            c.as("getAndAdd(atomic half, -sum)").add(atomic, Expr.of(0), Expr.of(0).minus(all));
        }
        c.as("taken").set(taken.get(), all);
    }

    private static Expr sum(Variable half) {
        Expr sum = Expr.of(0);
        for (int cpu = 0; cpu < half.length(); cpu++) {
            sum = sum.plus(half.get(cpu));
        }
        return sum;
    }
}
