// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.search.Search;
import java.util.List;

/** Runs assembly tests on the machine. */
public final class MachineEngine implements LitmusEngine {

    /** {@return the memory model that tests of an architecture are run under, if nobody says} */
    public static MemoryModel memoryModel(LitmusSource source) {
        return architecture(source).model();
    }

    private static Architecture architecture(LitmusSource source) {
        Architecture architecture = Architectures.of(source.architecture());
        if (architecture == null) {
            throw source.head()
                    .refusal(
                            source.architecture(),
                            "this architecture is not covered (expected: X86, X86_64, AArch64 or RISCV)");
        }
        return architecture;
    }

    @Override
    public LitmusResult run(LitmusSource source, LitmusOptions options) {
        long begin = System.nanoTime();
        LitmusProgram test = Translator.translate(source, architecture(source));
        MemoryModel model = options.memoryModel() == null ? test.model() : options.memoryModel();
        refuseExclusives(source, test, model);
        Checker checker =
                new Checker(
                        model,
                        options.budget(),
                        options.threads(),
                        options.reduced(),
                        options.progress());
        Verdict verdict = Search.run(test.program(), checker);
        List<List<Value>> found = verdict.finals().stream().map(test::values).toList();
        return new LitmusResult(
                source,
                model,
                StateSet.of(test.display(), test.condition(), found),
                List.of(),
                limit(verdict),
                verdict.statistics().states(),
                System.nanoTime() - begin);
    }

    private static void refuseExclusives(
            LitmusSource source, LitmusProgram test, MemoryModel model) {
        if (model.defersLoads()) {
            return;
        }
        for (Program.Task task : test.program().tasks()) {
            for (Instruction.Line line : task.lines()) {
                if (line.instruction() instanceof Instruction.Load load && load.exclusive()) {
                    throw source.head()
                            .refusal(
                                    line.text(),
                                    "exclusive accesses are covered under ARMv8 and RISC-V only");
                }
            }
        }
    }

    private static String limit(Verdict verdict) {
        if (!verdict.limit().isEmpty()) {
            return verdict.limit();
        }
        return verdict.windowHit() ? "window: a CPU held back as much as it could" : "";
    }
}
