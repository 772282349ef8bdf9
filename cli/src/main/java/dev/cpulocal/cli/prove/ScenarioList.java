// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Verdict;
import java.util.List;
import java.util.Map;

/**
 * The scenarios, as {@code prove --list --json} prints them.
 *
 * @param scenarios all of them
 */
public record ScenarioList(List<Entry> scenarios) {

    /**
     * A scenario.
     *
     * @param id its id
     * @param title one line
     * @param text what it is about
     * @param variants the right one and the wrong ones
     */
    public record Entry(String id, String title, String text, List<EntryVariant> variants) {}

    /**
     * A variant of a scenario.
     *
     * @param name its name
     * @param text what is different in it
     * @param expected the verdict for each memory model
     */
    public record EntryVariant(String name, String text, Map<MemoryModel, Verdict.Kind> expected) {}

    /** {@return a list of scenarios} */
    public static ScenarioList of(List<Scenario> scenarios) {
        return new ScenarioList(scenarios.stream().map(ScenarioList::entry).toList());
    }

    private static Entry entry(Scenario scenario) {
        return new Entry(
                scenario.id(),
                scenario.title(),
                scenario.text(),
                scenario.variants().stream()
                        .map(variant ->
                                new EntryVariant(
                                        variant.name(), variant.text(), variant.expected()))
                        .toList());
    }

    /** {@return the lines, ended: ids and titles} */
    public String render() {
        Table table = new Table("ll");
        scenarios.forEach(entry -> table.row(entry.id, entry.title));
        return table.render(0);
    }
}
