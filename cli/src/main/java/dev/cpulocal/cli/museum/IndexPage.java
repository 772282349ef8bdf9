// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.html.Templates;
import dev.cpulocal.cli.prove.CheckResult;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.cli.terminal.Units;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Exhibit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page that leads to the others. */
final class IndexPage {

    private static final Templates TEMPLATES = new Templates(IndexPage.class);

    private final List<Entry> entries;
    private final Function<Entry, List<CheckResult>> checks;

    /**
     * A page.
     *
     * @param entries what it leads to
     * @param checks the answers to the variants of each
     */
    IndexPage(List<Entry> entries, Function<Entry, List<CheckResult>> checks) {
        this.entries = entries;
        this.checks = checks;
    }

    /** {@return the HTML} */
    String render(String version) {
        List<CheckResult> all =
                entries.stream().flatMap(entry -> checks.apply(entry).stream()).toList();
        List<Map<String, Object>> claims = entries.stream().flatMap(IndexPage::claims).toList();
        boolean museum = entries.stream().allMatch(entry -> entry.exhibit() != null);
        Map<String, Object> values = new HashMap<>();
        values.put("version", version);
        values.put("css", Templates.css() + TEMPLATES.resource("museum.css"));
        values.put("script", TEMPLATES.resource("index.js"));
        values.put("title", museum ? "The museum of kernel bugs" : "Scenarios");
        values.put("museum", museum);
        values.put("count", entries.size());
        values.put("checks", Units.count(all.size()));
        values.put("states", Units.count(all.stream().mapToLong(CheckResult::states).sum()));
        values.put("good", all.stream().allMatch(CheckResult::good));
        values.put("entries", entries.stream().map(this::entry).toList());
        values.put("areas", areas());
        values.put("models", Arrays.stream(MemoryModel.values()).map(IndexPage::model).toList());
        values.put("claims", claims);
        values.put("hasClaims", !claims.isEmpty());
        return TEMPLATES.render("index", values);
    }

    private List<String> areas() {
        return entries.stream()
                .map(Entry::area)
                .filter(area -> !area.isEmpty())
                .distinct()
                .toList();
    }

    private static Map<String, Object> model(MemoryModel model) {
        return Map.of("value", model.name(), "title", model.title());
    }

    private Map<String, Object> entry(Entry entry) {
        List<CheckResult> answers = checks.apply(entry);
        List<MemoryModel> found = EntryPage.models(answers);
        Map<String, Object> values = new HashMap<>();
        values.put("id", entry.id());
        values.put("file", Names.file(entry.id()));
        values.put("title", entry.scenario().title());
        values.put("area", entry.area());
        values.put("kernels", entry.kernels());
        values.put("found", EntryPage.found(answers));
        values.put(
                "models", found.stream().map(MemoryModel::name).collect(Collectors.joining(" ")));
        values.put("good", answers.stream().allMatch(CheckResult::good));
        values.put("words", words(entry));
        return values;
    }

    /** What a search looks through beside what is shown. */
    private static String words(Entry entry) {
        List<String> words = new ArrayList<>(List.of(entry.scenario().text()));
        for (Variant variant : entry.scenario().variants()) {
            words.add(variant.name());
            words.add(variant.text());
        }
        Exhibit exhibit = entry.exhibit();
        if (exhibit != null) {
            exhibit.statements()
                    .forEach(one -> words.addAll(List.of(one.author(), one.source(), one.text())));
        }
        return String.join(" ", words).toLowerCase(Locale.ROOT);
    }

    private static Stream<Map<String, Object>> claims(Entry entry) {
        Exhibit exhibit = entry.exhibit();
        return exhibit == null
                ? Stream.empty()
                : exhibit.claims().stream()
                        .map(claim -> {
                            Map<String, Object> values = new HashMap<>(Told.claim(claim));
                            values.put("id", entry.id());
                            values.put("file", Names.file(entry.id()));
                            return values;
                        });
    }
}
