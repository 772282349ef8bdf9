// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Kernel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/** What the proofs of protocols work on: an addition of 1 to a word of the CPU. */
final class Example {

    private final Calls calls;
    private final Arguments arguments;

    private Example(Calls calls, Sequence sequence) {
        this.calls = calls;
        this.arguments = new Arguments(sequence, List.of(Argument.item("v"), Argument.of(1)));
    }

    /** {@return a model with the word} */
    static Model model(String name, Setup setup, BiConsumer<Model.Builder, Example> description) {
        return model(name, setup, Sequences.LOAD_ADD_STORE, description);
    }

    /** {@return the same with another sequence that adds} */
    static Model model(
            String name,
            Setup setup,
            Sequence sequence,
            BiConsumer<Model.Builder, Example> description) {
        return Model.build(
                name,
                m -> {
                    Map<String, IntFunction<Cells>> items = new LinkedHashMap<>();
                    items.put("v", _ -> Cells.longs(0));
                    Kernel kernel = new Kernel(m, setup.kernel());
                    RangeMemory memory = new RangeMemory(m, items, setup.kernel().cpus());
                    Fences fences = new Fences(m, false);
                    Calls calls = new Calls(m, setup, kernel, memory, fences, true);
                    description.accept(m, new Example(calls, sequence));
                });
    }

    Calls calls() {
        return calls;
    }

    Kernel kernel() {
        return calls.kernel();
    }

    Arguments add() {
        return arguments;
    }

    /** {@return the sum of all CPUs' words} */
    Expr sum() {
        Expr sum = Expr.of(0);
        for (int range = 0; range < kernel().config().cpus(); range++) {
            sum = sum.plus(calls.memory().memory().get(range));
        }
        return sum;
    }
}
