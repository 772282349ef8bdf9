// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.prove.Check;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.cli.prove.Library;
import dev.cpulocal.cli.prove.ProveResult;
import dev.cpulocal.cli.prove.ProveRunner;
import dev.cpulocal.cli.prove.Searching;
import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.lab.Budget;
import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict;
import java.util.List;
import java.util.Objects;

/** Entries and models for tests. */
final class Sample {

    private static final Library LIBRARY = Library.get();

    private Sample() {}

    static Entry entry(String id) {
        return LIBRARY.find(id).getFirst();
    }

    static ProveResult prove(List<Entry> entries) throws InterruptedException {
        List<Check> checks =
                entries.stream()
                        .flatMap(entry -> Check.of(entry.scenario(), List.of(), true).stream())
                        .toList();
        try (StatusLine status = StatusLine.start("test")) {
            return new ProveRunner("1.2.3", checks, Searching.usual()).run(status);
        }
    }

    static Verdict.Trace trace(Model model, MemoryModel memoryModel) {
        Checker checker = new Checker(memoryModel, Budget.DEFAULT, 1, true, _ -> {});
        return Objects.requireNonNull(checker.check(model).trace());
    }

    /** Each stores its own and loads the other's; P1 has a barrier in between, P0 may have one. */
    static Model buffering(boolean fenced) {
        return Model.build(
                "store buffering",
                m -> {
                    var x = m.shared("x", 0);
                    var y = m.shared("y", 0);
                    var seen = m.ghosts("seen", 2, 1);
                    m.task(
                            "P0",
                            0,
                            c -> {
                                c.store(x, 1);
                                if (fenced) {
                                    c.mb();
                                }
                                c.set(seen.get(0), c.as("r = y").load(y));
                            });
                    m.task(
                            "P1",
                            1,
                            c -> {
                                c.store(y, 1);
                                c.mb();
                                c.set(seen.get(1), c.as("r = x").load(x));
                            });
                    m.atEnd("one of them sees the other", Expr.any(seen.get(0), seen.get(1)));
                });
    }

    static Scenario bufferings() {
        return new Scenario(
                "buffering",
                "A <barrier> & its absence",
                "",
                List.of(
                        Variant.of("fenced", "", buffering(true)).holds(MemoryModel.TSO),
                        Variant.of("bare", "", buffering(false)).violated(MemoryModel.TSO)));
    }
}
