// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.engine.Engines;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs tests that are given as text. */
final class Litmus {
    static final String FILE = "t.litmus";

    private Litmus() {}

    static LitmusResult run(String text) {
        return run(text, null, true);
    }

    static LitmusResult run(String text, @Nullable MemoryModel model, boolean reduced) {
        LitmusSource source = LitmusSource.of(FILE, text);
        return Engines.of(source).run(source, new LitmusOptions(model, Budget.DEFAULT, reduced));
    }

    /** {@return the final states of a test, as they are printed} */
    static List<String> states(String text) {
        return run(text).states().lines();
    }

    /** {@return what one thread without others leaves behind} */
    static String alone(String word, String init, String code, String shown) {
        List<String> states =
                states(
                        "%s t\n{ %s }\n P0 ;\n%s\nlocations [%s]\nforall true\n"
                                .formatted(word, init, code.replace("\n", " ;\n") + " ;", shown));
        return String.join(" | ", states);
    }
}
