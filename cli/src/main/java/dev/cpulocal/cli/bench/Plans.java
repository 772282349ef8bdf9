// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import dev.cpulocal.bench.Configuration;
import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the options make of a plan. */
public final class Plans {

    private static final Duration START_OF_A_JVM = Duration.ofMillis(600);

    private Plans() {}

    /**
     * {@return the same with other thread counts}
     *
     * @param plan any
     * @param threads the thread counts; none to leave them as they are
     */
    public static Plan withThreads(Plan plan, List<Integer> threads) {
        if (threads.isEmpty()) {
            return plan;
        }
        Set<Part> parts = new LinkedHashSet<>();
        for (Part part : plan.parts()) {
            for (int count : threads) {
                Configuration old = part.configuration();
                Configuration configuration =
                        new Configuration(old.subject(), count, old.virtual(), old.counters());
                parts.add(new Part(configuration, part.forks()));
            }
        }
        return new Plan(
                List.copyOf(parts), plan.warmups(), plan.iterations(), plan.iterationMillis());
    }

    /**
     * {@return the same with as many JVMs for each configuration}
     *
     * @param plan any
     * @param forks how many
     */
    public static Plan withForks(Plan plan, int forks) {
        List<Part> parts =
                plan.parts().stream().map(part -> new Part(part.configuration(), forks)).toList();
        return new Plan(parts, plan.warmups(), plan.iterations(), plan.iterationMillis());
    }

    /** {@return how long it takes, about} */
    public static Duration expected(Plan plan) {
        long measured = (long) (plan.warmups() + plan.iterations()) * plan.iterationMillis();
        return START_OF_A_JVM.plusMillis(measured).multipliedBy(plan.forks());
    }
}
