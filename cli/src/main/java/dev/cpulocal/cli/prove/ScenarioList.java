// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.terminal.Table;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The scenarios, as {@code prove --list --json} prints them.
 *
 * @param scenarios all of them
 */
public record ScenarioList(List<Item> scenarios) {

    /**
     * A scenario.
     *
     * @param id its id
     * @param group the group it is in; empty if it is of the user's own
     * @param title one line
     * @param area what it is about, and
     * @param kernels which had it; both empty if it is no entry of the museum
     * @param text what it is about, in some sentences
     * @param variants the right one and the wrong ones
     */
    public record Item(
            String id,
            String group,
            String title,
            String area,
            String kernels,
            String text,
            List<ItemVariant> variants) {}

    /**
     * A variant of a scenario.
     *
     * @param name its name
     * @param text what is different in it
     * @param expected the verdict for each memory model
     */
    public record ItemVariant(String name, String text, Map<MemoryModel, Verdict.Kind> expected) {}

    /** {@return a list of scenarios} */
    public static ScenarioList of(List<Entry> entries) {
        return new ScenarioList(entries.stream().map(ScenarioList::item).toList());
    }

    private static Item item(Entry entry) {
        Scenario scenario = entry.scenario();
        return new Item(
                scenario.id(),
                entry.group(),
                scenario.title(),
                entry.area(),
                entry.kernels(),
                scenario.text(),
                scenario.variants().stream()
                        .map(variant ->
                                new ItemVariant(variant.name(), variant.text(), variant.expected()))
                        .toList());
    }

    /** {@return the lines, ended: for each group a heading, then ids, areas and titles} */
    public String render() {
        Map<String, List<Item>> groups = new LinkedHashMap<>();
        scenarios.forEach(
                item -> groups.computeIfAbsent(item.group, _ -> new ArrayList<>()).add(item));
        StringJoiner text = new StringJoiner("\n");
        groups.forEach((group, items) -> text.add(render(group, items)));
        return text.toString();
    }

    private static String render(String group, List<Item> items) {
        boolean areas = items.stream().anyMatch(item -> !item.area.isEmpty());
        Table table = new Table(areas ? "lll" : "ll");
        for (Item item : items) {
            if (areas) {
                table.row(item.id, item.area, item.title);
            } else {
                table.row(item.id, item.title);
            }
        }
        return (group.isEmpty() ? "" : group + ":\n") + table.render(0);
    }
}
