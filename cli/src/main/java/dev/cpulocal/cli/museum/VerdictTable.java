// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.prove.CheckResult;
import dev.cpulocal.cli.terminal.Units;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The verdicts of a scenario: a row for each variant, a column for each memory model. */
final class VerdictTable {

    private final List<CheckResult> checks;
    private final List<MemoryModel> models;

    VerdictTable(List<CheckResult> checks) {
        this.checks = checks;
        this.models = checks.stream().map(CheckResult::memoryModel).distinct().sorted().toList();
    }

    /** {@return what is written above the columns} */
    List<String> columns() {
        return models.stream().map(MemoryModel::title).toList();
    }

    /** {@return the values of a row for a template} */
    Map<String, Object> row(Variant variant) {
        return Map.of(
                "id", "variant-" + Names.slug(variant.name()),
                "name", variant.name(),
                "text", variant.text(),
                "cells", models.stream().map(model -> cell(variant, model)).toList());
    }

    private Map<String, Object> cell(Variant variant, MemoryModel model) {
        return find(variant, model)
                .map(VerdictTable::cell)
                .orElseGet(() -> Map.of("label", model.title(), "checked", false, "kind", "open"));
    }

    private Optional<CheckResult> find(Variant variant, MemoryModel model) {
        return checks.stream()
                .filter(check ->
                        check.variant().equals(variant.name()) && check.memoryModel() == model)
                .findFirst();
    }

    private static Map<String, Object> cell(CheckResult check) {
        Map<String, Object> cell = new HashMap<>();
        cell.put("checked", true);
        cell.put("label", check.memoryModel().title());
        cell.put("verdict", word(check));
        cell.put("kind", check.verdict().name().toLowerCase(Locale.ROOT));
        cell.put("states", Units.count(check.states()));
        cell.put("windowHit", check.windowHit());
        cell.put("trace", check.trace() == null ? "" : Names.trace(check));
        cell.put("hasTrace", check.trace() != null);
        cell.put("good", check.good());
        Kind expected = check.expected();
        cell.put("expected", expected == null ? "" : expected.name());
        return cell;
    }

    private static String word(CheckResult check) {
        return switch (check.verdict()) {
            case HOLDS -> "holds";
            case VIOLATED -> "violated";
            case EXHAUSTED -> "exhausted";
        };
    }
}
