// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.PSO;
import static dev.cpulocal.lab.MemoryModel.RISCV;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Flaw;
import dev.cpulocal.lab.kernel.Kernel;
import dev.cpulocal.lab.kernel.Signals;
import dev.cpulocal.lab.kernel.Version;
import java.util.List;
import java.util.Set;

/** The stop word: one thread adds, another completes an addition on the first one's CPU. */
final class StopWordProof {

    private static final Setup RIGHT =
            new Setup(Kernel.Config.of(2, 2).with(Signals.NONE), Set.of(), "");

    private static final MemoryModel[] ALL = MemoryModel.values();

    private StopWordProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/stop-word",
                "Stop word, fence, work, release",
                """
                A thread adds on CPU 0. One on CPU 1 takes CPU 0's range: it sets the stop word, \
                fences CPU 0, adds there with plain accesses, and clears the word with release \
                order. Each store and fence has its place: without it, or elsewhere, an addition \
                is lost. Where loads are held back, the sequence's load of the stop word must be \
                an acquire, too; on x86-64 every load is.\
                """,
                List.of(
                        variant("right", "On Linux 6.18.", RIGHT).holds(ALL),
                        variant("right 6.19", "On Linux 6.19.", RIGHT.with(Version.GENERIC_ENTRY))
                                .holds(ALL),
                        mutant(Mutant.STOP_WORD_UNTESTED).violated(ALL),
                        mutant(Mutant.STOP_WORD_OUTSIDE).violated(ALL),
                        mutant(Mutant.STOP_WORD_PLAIN).holds(SC, TSO, PSO).violated(ARMV8, RISCV),
                        mutant(Mutant.NO_STOP_WORD).violated(ALL),
                        mutant(Mutant.NO_FENCE).violated(ALL),
                        mutant(Mutant.FENCE_FIRST).violated(ALL),
                        mutant(Mutant.FENCE_WITHOUT_RESTART).violated(ALL),
                        mutant(Mutant.FENCE_ELSEWHERE).violated(ALL),
                        mutant(Mutant.RELEASE_EARLY).violated(ALL),
                        mutant(Mutant.RELEASE_PLAIN).holds(SC, TSO).violated(PSO, ARMV8, RISCV),
                        flaw(Flaw.FENCE_IGNORED).violated(ALL),
                        flaw(Flaw.FENCE_IGNORED, Version.GENERIC_ENTRY).violated(ALL),
                        flaw(Flaw.NO_BARRIER_AT_ENTRY).holds(SC).violated(TSO, PSO, ARMV8, RISCV),
                        flaw(Flaw.NO_BARRIER_IN_INTERRUPT)
                                .holds(SC)
                                .violated(TSO, PSO, ARMV8, RISCV),
                        reached("a range is found stopped").violated(ALL),
                        reached("an attempt is aborted").violated(ALL)));
    }

    private static Variant mutant(Mutant mutant) {
        return variant(mutant.title(), mutant.text(), RIGHT.with(mutant));
    }

    private static Variant flaw(Flaw flaw) {
        return variant(flaw.title(), flaw.meaning(), RIGHT.with(flaw));
    }

    private static Variant flaw(Flaw flaw, Version version) {
        return variant(
                flaw.title() + ", " + version.title(),
                flaw.meaning(),
                RIGHT.with(version).with(flaw));
    }

    private static Variant reached(String step) {
        return variant(
                "reached: " + step, "Right, but said never to do this.", RIGHT.claiming(step));
    }

    private static Variant variant(String name, String text, Setup setup) {
        return Variant.of(name, text, model("stop word, " + name, setup));
    }

    private static Model model(String name, Setup setup) {
        return Example.model(
                name,
                setup,
                (m, example) -> {
                    example.kernel()
                            .thread(
                                    "A",
                                    c -> {
                                        example.calls().call(c, example.add(), Calls.After.RETRY);
                                        c.as("the caller goes on")
                                                .let("cpu", example.kernel().rseq().cpuId(c));
                                    });
                    example.kernel()
                            .thread(
                                    "B",
                                    c -> example.calls().execute(c, Expr.of(0), example.add()));
                    m.atEnd("no addition is lost", example.sum().eq(2));
                });
    }
}
