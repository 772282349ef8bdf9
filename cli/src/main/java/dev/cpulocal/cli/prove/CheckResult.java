// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.TraceTable;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Check}.
 *
 * @param id of the scenario
 * @param title of the scenario
 * @param variant the name of the variant
 * @param memoryModel under which it was checked
 * @param verdict what was found
 * @param expected what had to be; null if nothing was
 * @param broken the sentence of the property that is broken; else empty
 * @param limit what ended the search, in a sentence; empty unless exhausted
 * @param windowHit whether the verdict is one for the model's window only
 * @param states distinct states
 * @param transitions steps from them
 * @param depth the length of the longest shortest way to a state
 * @param nanos how long it took
 * @param bytes the most memory that states took
 * @param collisionProbability that two states were taken for one, at most, roughly
 * @param finals the values of what the model observes, for each final state
 * @param trace the shortest way to the violation; null if there is none
 * @param traceText the same as a table for people; empty if there is none
 */
public record CheckResult(
        String id,
        String title,
        String variant,
        MemoryModel memoryModel,
        Kind verdict,
        @Nullable Kind expected,
        String broken,
        String limit,
        boolean windowHit,
        long states,
        long transitions,
        int depth,
        long nanos,
        long bytes,
        double collisionProbability,
        List<List<Long>> finals,
        Verdict.@Nullable Trace trace,
        String traceText) {

    static CheckResult of(Check check, Verdict verdict) {
        Verdict.Statistics statistics = verdict.statistics();
        return new CheckResult(
                check.scenario().id(),
                check.scenario().title(),
                check.variant().name(),
                check.memoryModel(),
                verdict.kind(),
                check.expected(),
                verdict.broken(),
                verdict.limit(),
                verdict.windowHit(),
                statistics.states(),
                statistics.transitions(),
                statistics.depth(),
                statistics.nanos(),
                statistics.bytes(),
                statistics.collisionProbability(),
                verdict.finals(),
                verdict.trace(),
                verdict.trace() == null ? "" : TraceTable.of(verdict));
    }

    /** {@return whether the verdict is the expected one, or, if none is, that all holds} */
    @JsonProperty("good")
    public boolean good() {
        return verdict == (expected == null ? Kind.HOLDS : expected);
    }

    /** {@return whether the budget was used up first: then there is no answer} */
    @JsonIgnore
    public boolean isExhausted() {
        return verdict == Kind.EXHAUSTED;
    }
}
