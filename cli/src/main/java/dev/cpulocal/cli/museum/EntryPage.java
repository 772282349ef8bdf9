// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.Json;
import dev.cpulocal.cli.html.Templates;
import dev.cpulocal.cli.prove.CheckResult;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.ProgramText;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict.Kind;
import dev.cpulocal.lab.museum.Exhibit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The page of a scenario. */
final class EntryPage {

    private static final Templates TEMPLATES = new Templates(EntryPage.class);

    private final Entry entry;
    private final Scenario scenario;
    private final List<CheckResult> checks;
    private final Map<String, Comparison> comparisons = new HashMap<>();

    /**
     * A page.
     *
     * @param entry what it is about
     * @param checks the answers to its variants
     */
    EntryPage(Entry entry, List<CheckResult> checks) {
        this.entry = entry;
        this.scenario = entry.scenario();
        this.checks = checks;
    }

    private Comparison comparison(Variant variant) {
        return comparisons.computeIfAbsent(
                variant.name(), _ -> Comparison.of(scenario, reference(), variant));
    }

    private String reference() {
        Exhibit exhibit = entry.exhibit();
        return exhibit == null ? "" : exhibit.reference();
    }

    /** {@return the HTML} */
    String render(String version) {
        Map<String, Object> values = new HashMap<>();
        values.put("version", version);
        values.put("css", Templates.css() + TEMPLATES.resource("museum.css"));
        values.put("script", TEMPLATES.resource("drawing.js") + TEMPLATES.resource("entry.js"));
        values.put("id", entry.id());
        values.put("title", scenario.title());
        values.put("text", scenario.text());
        values.put("command", "./cpulocal prove " + entry.id());
        values.put("good", checks.stream().allMatch(CheckResult::good));
        putExhibit(values);
        putVerdicts(values);
        putTraces(values);
        putPrograms(values);
        return TEMPLATES.render("entry", values);
    }

    private void putExhibit(Map<String, Object> values) {
        Optional<Exhibit> exhibit = Optional.ofNullable(entry.exhibit());
        values.put("exhibit", exhibit.isPresent());
        values.put("area", entry.area());
        values.put("kernels", entry.kernels());
        values.put("found", found(checks));
        values.put("bounds", exhibit.map(Exhibit::bounds).orElse(""));
        values.put("legend", Told.legend());
        values.put("statements", exhibit.map(Told::statements).orElse(List.of()));
    }

    /** {@return the memory models under which something goes wrong that is a bug} */
    static String found(List<CheckResult> checks) {
        return models(checks).stream().map(MemoryModel::title).collect(Collectors.joining(", "));
    }

    /** {@return the memory models under which something goes wrong that is a bug} */
    static List<MemoryModel> models(List<CheckResult> checks) {
        return checks.stream()
                .filter(check ->
                        check.verdict() == Kind.VIOLATED
                                && !check.variant().startsWith(Exhibit.REACHED))
                .map(CheckResult::memoryModel)
                .distinct()
                .sorted()
                .toList();
    }

    /* ------------------------- Verdicts ------------------------- */

    private void putVerdicts(Map<String, Object> values) {
        VerdictTable table = new VerdictTable(checks);
        List<Variant> reached = scenario.variants().stream().filter(Exhibit::isReached).toList();
        values.put("columns", table.columns());
        values.put("variants", ordered().stream().map(variant -> row(table, variant)).toList());
        values.put("reached", reached.stream().map(table::row).toList());
        values.put("hasReached", !reached.isEmpty());
        values.put("windowHit", checks.stream().anyMatch(CheckResult::windowHit));
    }

    private Map<String, Object> row(VerdictTable table, Variant variant) {
        Map<String, Object> values = new HashMap<>(table.row(variant));
        values.put("reference", variant.name().equals(reference()));
        values.put("faulty", Exhibit.isFaulty(variant));
        return values;
    }

    /** The reference, then bugs, then what else holds. */
    private List<Variant> ordered() {
        Exhibit exhibit = entry.exhibit();
        if (exhibit == null) {
            return scenario.variants();
        }
        List<Variant> all = new ArrayList<>(List.of(exhibit.referenceVariant()));
        all.addAll(exhibit.changes());
        return all;
    }

    /* ------------------------- Traces ------------------------- */

    private void putTraces(Map<String, Object> values) {
        List<TimeLine> lines = new ArrayList<>();
        List<Map<String, Object>> texts = new ArrayList<>();
        for (Variant variant : inOrderOfInterest()) {
            for (CheckResult check : checks) {
                if (check.variant().equals(variant.name()) && check.trace() != null) {
                    lines.add(TimeLines.of(Names.trace(check), check.trace(), comparison(variant)));
                    texts.add(text(check));
                }
            }
        }
        values.put("hasTraces", !lines.isEmpty());
        values.put("traces", texts);
        values.put("data", Templates.scriptData(Json.MAPPER.valueToTree(lines)));
    }

    private static Map<String, Object> text(CheckResult check) {
        return Map.of(
                "id", Names.trace(check),
                "title", check.variant() + ", " + check.memoryModel().title(),
                "table", check.traceText());
    }

    private List<Variant> inOrderOfInterest() {
        List<Variant> all = new ArrayList<>(ordered());
        scenario.variants().stream().filter(Exhibit::isReached).forEach(all::add);
        return all.stream().distinct().toList();
    }

    /* ------------------------- Programs ------------------------- */

    private void putPrograms(Map<String, Object> values) {
        List<Variant> all = ordered();
        Variant first = all.getFirst();
        ProgramText program = ProgramText.of(first.model());
        values.put("cpus", program.cpus());
        values.put("tasks", tasks(program));
        values.put("window", program.window());
        values.put("properties", properties(program));
        values.put("hasProperties", !program.properties().isEmpty());
        values.put("whole", Programs.of(Comparison.alone(first)));
        values.put(
                "changes",
                all.stream()
                        .skip(1)
                        .filter(variant -> !Exhibit.isReached(variant))
                        .map(variant -> Programs.of(comparison(variant)))
                        .toList());
    }

    private static String tasks(ProgramText program) {
        return program.parts().stream()
                .filter(part -> !part.handler())
                .map(ProgramText.Part::name)
                .collect(Collectors.joining(", "));
    }

    private static List<Map<String, Object>> properties(ProgramText program) {
        return program.properties().stream()
                .map(property ->
                        Map.<String, Object>of(
                                "meaning", property.meaning(),
                                "condition", property.condition(),
                                "when", Moments.words(property.when())))
                .toList();
    }
}
