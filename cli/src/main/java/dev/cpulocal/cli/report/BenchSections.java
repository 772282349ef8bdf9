// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.bench.Spread;
import dev.cpulocal.cli.bench.BenchResult;
import dev.cpulocal.cli.bench.CounterText;
import dev.cpulocal.cli.bench.FirstUseResult;
import dev.cpulocal.cli.bench.MemoryResult;
import dev.cpulocal.cli.bench.RemoteResult;
import dev.cpulocal.cli.report.Chart.Series;
import dev.cpulocal.cli.terminal.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sections of the benchmarks that ran. */
final class BenchSections {

    private BenchSections() {}

    static List<Section> of(BenchResult result) {
        List<Section> sections = new ArrayList<>();
        if (result.counter() != null) {
            sections.add(CounterSection.of(result.counter()));
        }
        if (result.pool() != null) {
            sections.add(PoolSection.of(result.pool()));
        }
        if (result.memory() != null) {
            sections.add(memory(result.memory()));
        }
        if (result.firstUse() != null) {
            sections.add(firstUse(result.firstUse()));
        }
        if (result.remote() != null) {
            sections.add(remote(result.remote()));
        }
        return sections;
    }

    private static Section memory(MemoryResult result) {
        Chart chart =
                new Chart(
                        "chart-memory",
                        "Bytes for each counter",
                        "On the heap and off it together.",
                        "bytes for each counter",
                        result.rows().stream().map(MemoryResult.Row::label).toList(),
                        List.of(
                                new Series(
                                        "bytes for each counter",
                                        result.rows().stream()
                                                .map(MemoryResult.Row::bytes)
                                                .toList())));
        Map<String, Object> model =
                Map.of(
                        "counters", Units.count(result.counters()),
                        "chart", chart.model(),
                        "rows", result.rows().stream().map(BenchSections::row).toList());
        return new Section("memory", "Memory", Pages.render("memory", model));
    }

    private static Map<String, Object> row(MemoryResult.Row row) {
        return Map.of(
                "label", row.label(),
                "bytes", Units.digits(row.bytes().median()),
                "range", CounterText.range(row.bytes()),
                "heap", Units.digits(row.heapBytes().median()),
                "offHeap", Units.digits(row.offHeapBytes().median()),
                "cells", row.cells() == 0 ? "" : Units.digits(row.cells()));
    }

    private static Section firstUse(FirstUseResult result) {
        List<@Nullable Spread> ours = new ArrayList<>();
        List<@Nullable Spread> theirs = new ArrayList<>();
        for (FirstUseResult.Row row : result.rows()) {
            ours.add(row.counterMillis());
            theirs.add(row.adderMillis());
        }
        Chart chart =
                new Chart(
                        "chart-first-use",
                        "First use",
                        "Milliseconds, in fresh JVMs.",
                        "ms",
                        result.rows().stream().map(FirstUseResult.Row::label).toList(),
                        List.of(new Series("CpuCounters", ours), new Series("LongAdder", theirs)));
        Map<String, Object> model =
                Map.of(
                        "starts", result.starts(),
                        "committed", result.committed(),
                        "chart", chart.model(),
                        "rows", result.rows().stream().map(BenchSections::row).toList());
        return new Section("first-use", "First use", Pages.render("first-use", model));
    }

    private static Map<String, Object> row(FirstUseResult.Row row) {
        return Map.of(
                "label", row.label(),
                "ours", Units.digits(row.counterMillis().median()),
                "oursRange", CounterText.range(row.counterMillis()),
                "theirs", CounterText.times(row.adderMillis()),
                "theirsRange", CounterText.range(row.adderMillis()));
    }

    private static Section remote(RemoteResult result) {
        List<String> labels = result.rows().stream().map(BenchSections::label).toList();
        Chart chart =
                new Chart(
                        "chart-remote",
                        "Work on another CPU's data",
                        "Nanoseconds for each operation, in fresh JVMs.",
                        "ns",
                        labels,
                        List.of(
                                new Series(
                                        "ns",
                                        result.rows().stream()
                                                .map(RemoteResult.Row::nanos)
                                                .toList())));
        Map<String, Object> model =
                Map.of(
                        "chart", chart.model(),
                        "rows", result.rows().stream().map(BenchSections::row).toList());
        return new Section("remote", "Other CPUs", Pages.render("remote", model));
    }

    private static String label(RemoteResult.Row row) {
        return row.label() + ", " + row.busyThreads() + " busy";
    }

    private static Map<String, Object> row(RemoteResult.Row row) {
        return Map.of(
                "label", row.label(),
                "busy", row.busyThreads(),
                "nanos", Units.digits(row.nanos().median()),
                "range", CounterText.range(row.nanos()),
                "p99", Units.digits(row.p99Nanos().median()));
    }
}
