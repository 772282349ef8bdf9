// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.CpuSet;
import dev.cpulocal.Hostile.Pager;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Result;
import dev.cpulocal.Rseq;
import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

/**
 * An operation whose item is paged out before each attempt is completed, and counts.
 *
 * <p>A page fault alone does not abort a section. A fault for which the thread must wait does: it
 * sleeps, so it is scheduled out inside the section, and finds itself in the abort handler when the
 * page has come. If the page is gone again before the next attempt, as under extreme memory
 * pressure, no attempt can ever commit, and code that only retries would hang. A {@link Pager}
 * brings that about exactly: it takes the page away before every attempt, and a thread that touches
 * it sleeps until another has brought it back with its content. So the counts are exact too.
 */
@Timeout(120)
class ProgressUnderFaultsTest {

    private static final int OPERATIONS = 500;
    private static final int STRIDE = 8192;

    /** On the second page: the first has the stop word. */
    private static final long ITEM = 4096;

    private static final Sequence ADD = Sequences.LOAD_ADD_STORE;

    private final Engine engine = Engine.of(IndexMode.CPU_ID, Threads.ALL);
    private final Ranges ranges = new Ranges(engine, STRIDE);
    private final int range = Libc.affinity(0).last();

    @BeforeAll
    static void needsRseq() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
    }

    @Test
    void operationsWhoseEveryAttemptWaitsForAPageAreCompletedAndCount() throws Exception {
        long fetched =
                onOneCpu(pager -> addAndCountFetches(pager, evicting(pager, attempt()), () -> {}));
        assertEquals(OPERATIONS, ranges.getOpaque(range, (int) ITEM));
        assertEquals(OPERATIONS, ranges.completions());
        assertTrue(fetched > OPERATIONS, () -> fetched + " faults");
    }

    /** It is the fault in each attempt that bars the machine code: after only one, it commits. */
    @Test
    void operationsWhoseFirstAttemptWaitsForAPageAreRetriedAndCount() throws Exception {
        long fetched = onOneCpu(pager -> addAndCountFetches(pager, attempt(), pager::evict));
        assertEquals(OPERATIONS, ranges.getOpaque(range, (int) ITEM));
        assertEquals(0, ranges.completions());
        assertTrue(fetched >= OPERATIONS, () -> fetched + " faults");
    }

    private long addAndCountFetches(Pager pager, MethodHandle attempt, Runnable before) {
        // Maps the page, so that it can be taken away.
        ranges.setOpaque(range, (int) ITEM, 0);
        long fetches = pager.fetches();
        for (int i = 0; i < OPERATIONS; i++) {
            before.run();
            long result = ranges.complete(ADD, attempt, new Object[] {ITEM, 1L});
            assertEquals(Result.COMMITTED, result);
        }
        return pager.fetches() - fetches;
    }

    /** {@return an attempt as a bound function makes it} */
    private MethodHandle attempt() {
        return ranges.link(ADD)
                .asSpreader(Object[].class, ADD.parameters().size())
                .asType(MethodType.methodType(long.class, long.class, Object[].class));
    }

    /** {@return an attempt before which the page is taken away} */
    private static MethodHandle evicting(Pager pager, MethodHandle attempt) throws Exception {
        MethodHandle evict =
                MethodHandles.lookup().bind(pager, "evict", MethodType.methodType(void.class));
        return MethodHandles.foldArguments(attempt, evict);
    }

    private interface Work {
        long run(Pager pager) throws Exception;
    }

    /**
     * Works on a thread that stays on one CPU, with a pager that stays there too: it can only run
     * when the thread that waits for it has been scheduled out.
     */
    private long onOneCpu(Work work) throws Exception {
        FutureTask<Long> task =
                new FutureTask<>(() -> {
                    assertEquals(0, Libc.setAffinity(0, CpuSet.of(range)));
                    return work.run(new Pager(ranges.base() + (long) range * STRIDE + ITEM));
                });
        Thread.ofPlatform().daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TestAbortedException aborted ? aborted : e;
        }
    }
}
