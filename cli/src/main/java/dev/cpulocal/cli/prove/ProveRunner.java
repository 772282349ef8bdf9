// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.cli.UsageException;
import dev.cpulocal.cli.terminal.StatusLine;
import dev.cpulocal.lab.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes checks, several at a time: most are so small that threads which search the same one get in
 * each other's way. Each has its share of threads and memory; one for which that is too little is
 * made again, alone.
 *
 * @param version of cpulocal
 * @param checks what to ask
 * @param searching how
 */
public record ProveRunner(String version, List<Check> checks, Searching searching) {

    /** {@return the answers} */
    public ProveResult run(StatusLine status) throws InterruptedException {
        long began = System.nanoTime();
        List<CheckResult> results = new ArrayList<>();
        List<Verdict> verdicts = verdicts(status);
        for (int i = 0; i < checks.size(); i++) {
            Check check = checks.get(i);
            Verdict verdict = verdicts.get(i);
            boolean again = verdict.isOutOfMemory() && atATime() > 1;
            results.add(
                    CheckResult.of(
                            check, again ? verdict(check, searching, "again", status) : verdict));
        }
        return new ProveResult(
                version,
                searching.threads(),
                searching.reduced(),
                System.nanoTime() - began,
                results);
    }

    private int atATime() {
        return Math.min(searching.threads(), checks.size());
    }

    private List<Verdict> verdicts(StatusLine status) throws InterruptedException {
        Searching share = searching.dividedBy(atATime());
        AtomicInteger begun = new AtomicInteger();
        // A search does not end before its time; when another fails, nobody waits for it.
        ExecutorService workers =
                Executors.newFixedThreadPool(atATime(), Thread.ofPlatform().daemon().factory());
        try {
            List<Future<Verdict>> futures = new ArrayList<>();
            for (Check check : checks) {
                futures.add(
                        workers.submit(() -> {
                            String place = begun.incrementAndGet() + " of " + checks.size();
                            return verdict(check, share, place, status);
                        }));
            }
            List<Verdict> verdicts = new ArrayList<>();
            for (Future<Verdict> future : futures) {
                verdicts.add(get(future));
            }
            return verdicts;
        } finally {
            workers.shutdownNow();
        }
    }

    private static Verdict get(Future<Verdict> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UsageException refused
                    ? refused
                    : new IllegalStateException(e.getCause());
        }
    }

    private static Verdict verdict(
            Check check, Searching searching, String place, StatusLine status) {
        String what = place + ", " + name(check);
        status.say(what);
        try {
            return searching
                    .checker(check.memoryModel(), what, status)
                    .check(check.variant().model());
        } catch (IllegalArgumentException e) {
            throw new UsageException(name(check) + ": " + e.getMessage());
        }
    }

    private static String name(Check check) {
        return String.join(
                " ", check.scenario().id(), check.variant().name(), check.memoryModel().title());
    }
}
