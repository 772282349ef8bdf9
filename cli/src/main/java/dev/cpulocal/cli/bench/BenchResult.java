// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.cli.doctor.Findings.Platform;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bench --json} prints: the names of the components are an interface.
 *
 * @param version of cpulocal
 * @param platform where it ran
 * @param availableProcessors how many CPUs the JVM may use
 * @param counter the result of the benchmark {@code counter}; null if it did not run
 * @param pool the result of {@code pool}, or null
 * @param rcu the result of {@code rcu}, or null
 * @param fence the result of {@code fence}, or null
 * @param memory the result of {@code memory}, or null
 * @param firstUse the result of {@code first-use}, or null
 * @param remote the result of {@code remote}, or null
 */
public record BenchResult(
        String version,
        Platform platform,
        int availableProcessors,
        @Nullable CounterResult counter,
        @Nullable PoolResult pool,
        @Nullable RcuResult rcu,
        @Nullable FenceResult fence,
        @Nullable MemoryResult memory,
        @Nullable FirstUseResult firstUse,
        @Nullable RemoteResult remote) {

    /** {@return all of them as text for people} */
    public String render() {
        List<String> parts = new ArrayList<>();
        if (counter != null) {
            parts.add(CounterText.render(counter));
        }
        if (pool != null) {
            parts.add(PoolText.render(pool));
        }
        if (rcu != null) {
            parts.add(RcuText.render(rcu));
        }
        if (fence != null) {
            parts.add(RcuText.render(fence));
        }
        if (memory != null) {
            parts.add(MemoryText.render(memory));
        }
        if (firstUse != null) {
            parts.add(FirstUseText.render(firstUse));
        }
        if (remote != null) {
            parts.add(RemoteText.render(remote));
        }
        return String.join("\n", parts);
    }

    /** {@return what they say, a sentence each} */
    public List<String> headlines() {
        List<String> headlines = new ArrayList<>();
        if (counter != null) {
            headlines.addAll(CounterText.headlines(counter));
        }
        if (pool != null) {
            headlines.addAll(PoolText.headlines(pool));
        }
        if (rcu != null) {
            RcuText.headline(rcu).ifPresent(headlines::add);
        }
        if (fence != null) {
            RcuText.headline(fence).ifPresent(headlines::add);
        }
        if (memory != null) {
            MemoryText.headline(memory).ifPresent(headlines::add);
        }
        if (firstUse != null) {
            FirstUseText.headline(firstUse).ifPresent(headlines::add);
        }
        if (remote != null) {
            RemoteText.headline(remote).ifPresent(headlines::add);
        }
        return headlines;
    }
}
