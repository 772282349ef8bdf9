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
        return run(source, test.under(model), options, begin);
    }

    /**
     * Runs a program under the memory model that it is for.
     *
     * @param source the test that it was made of
     * @param test the program
     * @param options how, but for the model
     * @param begin when its translation began, by {@link System#nanoTime}
     * @throws Refusal if an execution leaves memory
     */
    public static LitmusResult run(
            LitmusSource source, LitmusProgram test, LitmusOptions options, long begin) {
        Checker checker =
                new Checker(
                        test.model(),
                        options.budget(),
                        options.threads(),
                        options.reduced(),
                        options.progress());
        Verdict verdict = search(source, test.program(), checker);
        List<List<Value>> found = verdict.finals().stream().map(test::values).toList();
        return new LitmusResult(
                source,
                test.model(),
                StateSet.of(test.display(), test.condition(), found),
                verdict.addressLost() ? List.of(LitmusResult.OUTSIDE_MEMORY) : List.of(),
                limit(verdict),
                verdict.statistics().states(),
                System.nanoTime() - begin);
    }

    private static Verdict search(LitmusSource source, Program program, Checker checker) {
        try {
            return Search.run(program, checker);
        } catch (Program.Astray e) {
            throw source.head()
                    .refusal(
                            String.valueOf(e.getMessage()),
                            "an execution accesses memory where no place of the test is");
        }
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
        if (verdict.kind() == Verdict.Kind.VIOLATED) {
            return "deadlock: in some executions all threads wait for ever";
        }
        if (!verdict.limit().isEmpty()) {
            return verdict.limit();
        }
        return verdict.windowHit() ? "window: a CPU held back as much as it could" : "";
    }
}
