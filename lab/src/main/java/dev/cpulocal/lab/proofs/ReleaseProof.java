// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.Sequence;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Kernel;
import java.util.List;
import java.util.Set;

/** What a release commit promises to those who read a range from elsewhere. */
final class ReleaseProof {

    private static final Kernel.Config TWO = Kernel.Config.of(2, 2);
    private static final String PLAIN = "load_cbne_store_store";
    private static final String RELEASE = "load_cbne_store_store_release";

    private ReleaseProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/release",
                "A release commit, and a reader on another CPU",
                """
                A sequence stores to v2 and commits to v. A thread on another CPU loads v and then \
                v2, stopping nobody. Where it finds the commit, it finds the store before it, too, \
                if the commit is a release and the load of v an acquire.\
                """,
                List.of(
                        variant("right", "As it is.", RELEASE, true).holds(MemoryModel.values()),
                        variant("commit plain", "The commit has no order.", PLAIN, true)
                                .holds(SC, TSO)
                                .violated(PSO, ARMV8, RISCV),
                        variant("load plain", "The reader's load has no order.", RELEASE, false)
                                .holds(SC, TSO, PSO)
                                .violated(ARMV8, RISCV)));
    }

    private static Variant variant(String name, String text, String sequence, boolean acquires) {
        return Variant.of(
                name, text, model("release, " + name, Catalogue.sequence(sequence), acquires));
    }

    private static Model model(String name, Sequence sequence, boolean acquires) {
        Workload workload = Catalogue.proof(sequence).workload();
        return Model.build(
                name,
                m -> {
                    Kernel kernel = new Kernel(m, TWO);
                    RangeMemory memory = new RangeMemory(m, workload.items(), TWO.cpus());
                    Setup setup = new Setup(TWO, Set.of(), "");
                    Calls calls = new Calls(m, setup, kernel, memory, new Fences(m, false), false);
                    Arguments arguments = workload.arguments(m, 0);
                    Variable found = m.ghosts("found", 2, 0);
                    kernel.thread("A", c -> calls.call(c, arguments, Calls.After.RETRY));
                    kernel.thread("B", c -> read(c, memory, acquires, found));
                    m.atEnd(
                            "who finds the commit finds the store before it",
                            found.get(0).eq(0).or(found.get(1).eq(1)));
                });
    }

    private static void read(Code c, RangeMemory memory, boolean acquires, Variable found) {
        Expr v = memory.slot(Expr.of(0), Expr.of(memory.offset("v")));
        Expr v2 = memory.slot(Expr.of(0), Expr.of(memory.offset("v2")));
        Variable words = memory.memory();
        Local first = acquires ? c.loadAcquire(words, v) : c.load(words, v);
        Local second = c.load(words, v2);
        c.set(found.get(0), first);
        c.set(found.get(1), second);
    }
}
