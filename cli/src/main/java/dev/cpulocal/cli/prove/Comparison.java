// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.prove.HerdLog.Recorded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Our answers beside those of a log of herd. Two tests may have one name; then each is compared
 * with a recorded one of its own, an equal one if there is one.
 *
 * @param log the file
 * @param agreeing how many answers are the recorded ones, state by state
 * @param differing those that are not
 * @param unrecorded the names of tests that have an answer and are not in the log
 * @param unanswered the names of tests in the log that have no answer
 */
public record Comparison(
        String log,
        int agreeing,
        List<Difference> differing,
        List<String> unrecorded,
        List<String> unanswered) {

    /**
     * An answer that is not the recorded one.
     *
     * @param file the litmus file
     * @param name the name of the test
     * @param missing final states that are recorded and were not found
     * @param extra final states that were found and are not recorded
     * @param ok the answer
     * @param recordedOk the recorded answer
     */
    public record Difference(
            String file,
            String name,
            List<String> missing,
            List<String> extra,
            boolean ok,
            boolean recordedOk) {

        static Difference of(LitmusAnswer answer, Recorded ours, Recorded recorded) {
            return new Difference(
                    answer.file(),
                    answer.name(),
                    without(recorded, ours),
                    without(ours, recorded),
                    ours.ok(),
                    recorded.ok());
        }

        private static List<String> without(Recorded states, Recorded others) {
            Map<String, String> rest = new TreeMap<>(states.states());
            rest.keySet().removeAll(others.states().keySet());
            return List.copyOf(rest.values());
        }
    }

    /** {@return whether something was compared, and nothing is different} */
    public boolean agrees() {
        return agreeing > 0 && differing.isEmpty();
    }

    /**
     * {@return a comparison}
     *
     * @param log what herd found
     * @param answers what we found; answers that are not complete are left out
     */
    public static Comparison of(HerdLog log, List<LitmusAnswer> answers) {
        Map<String, Deque<Recorded>> left = new HashMap<>();
        log.tests()
                .forEach(test ->
                        left.computeIfAbsent(test.name(), _ -> new ArrayDeque<>()).add(test));
        List<LitmusAnswer> open = new ArrayList<>();
        int agreeing = 0;
        for (LitmusAnswer answer : answers) {
            if (!answer.complete()) {
                continue;
            }
            if (takeEqual(left, recorded(answer))) {
                agreeing++;
            } else {
                open.add(answer);
            }
        }
        List<Difference> differing = new ArrayList<>();
        List<String> unrecorded = new ArrayList<>();
        for (LitmusAnswer answer : open) {
            Recorded recorded = left.getOrDefault(answer.name(), new ArrayDeque<>()).poll();
            if (recorded == null) {
                unrecorded.add(answer.name());
            } else {
                differing.add(Difference.of(answer, recorded(answer), recorded));
            }
        }
        List<String> unanswered =
                left.values().stream().flatMap(Deque::stream).map(Recorded::name).sorted().toList();
        return new Comparison(log.file(), agreeing, differing, unrecorded, unanswered);
    }

    private static boolean takeEqual(Map<String, Deque<Recorded>> left, Recorded answer) {
        Deque<Recorded> recorded = left.getOrDefault(answer.name(), new ArrayDeque<>());
        return recorded.stream()
                .filter(answer::agreesWith)
                .findFirst()
                .map(recorded::remove)
                .orElse(false);
    }

    private static Recorded recorded(LitmusAnswer answer) {
        return Recorded.of(answer.name(), answer.states(), answer.ok());
    }
}
