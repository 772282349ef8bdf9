// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.bench.Plan;
import dev.cpulocal.bench.Plan.Part;
import dev.cpulocal.bench.pool.PoolConfiguration.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What {@link PoolRun} is to measure. */
public final class PoolPlans {

    private static final List<PoolSubject> ALL = Arrays.asList(PoolSubject.values());

    private static final List<PoolSubject> QUICK =
            List.of(
                    PoolSubject.CPU_POOL,
                    PoolSubject.THREAD_LOCAL,
                    PoolSubject.NEW,
                    PoolSubject.JACKSON_DEQUE,
                    PoolSubject.STRIPED,
                    PoolSubject.JCTOOLS);

    private static final List<PoolSubject> FLOWING =
            List.of(
                    PoolSubject.CPU_POOL,
                    PoolSubject.NEW,
                    PoolSubject.JACKSON_DEQUE,
                    PoolSubject.STRIPED,
                    PoolSubject.JCTOOLS,
                    PoolSubject.NETTY_RECYCLER,
                    PoolSubject.NETTY_SHARED);

    /** Sizes of {@code NEW} beside the usual one: what is cheap, and what Jackson fills. */
    private static final List<Integer> SIZES = List.of(1024, 37 * 1024);

    private PoolPlans() {}

    /** {@return a plan of about three minutes} */
    public static Plan<PoolConfiguration> standard() {
        List<Part<PoolConfiguration>> parts = new ArrayList<>();
        addAll(parts, 2, ALL, Work.PLATFORM, 1, 2);
        addAll(parts, 2, ALL, Work.LONG_TASKS, 100);
        addAll(parts, 2, ALL, Work.SHORT_TASKS, 100);
        return new Plan<>(parts, 2, 5, 100);
    }

    /** {@return a plan of about a quarter of a minute} */
    public static Plan<PoolConfiguration> quick() {
        List<Part<PoolConfiguration>> parts = new ArrayList<>();
        addAll(parts, 1, QUICK, Work.PLATFORM, 2);
        addAll(parts, 1, QUICK, Work.SHORT_TASKS, 100);
        return new Plan<>(parts, 2, 3, 100);
    }

    /** {@return a plan of all situations, about thirteen minutes} */
    public static Plan<PoolConfiguration> full() {
        List<Part<PoolConfiguration>> parts = new ArrayList<>();
        addAll(parts, 3, ALL, Work.PLATFORM, 1, 2, 8, 64);
        addAll(parts, 3, ALL, Work.LONG_TASKS, 1, 100, 10_000);
        addAll(parts, 3, ALL, Work.SHORT_TASKS, 1, 100, 10_000);
        for (int bytes : SIZES) {
            addSize(parts, 3, Work.PLATFORM, bytes, 1, 2, 8, 64);
            addSize(parts, 3, Work.SHORT_TASKS, bytes, 1, 100, 10_000);
        }
        return new Plan<>(parts, 2, 5, 100);
    }

    /**
     * {@return a plan of objects that are released by other threads, about two minutes}
     *
     * @param quick whether it shall take ten seconds instead
     */
    static Plan<PoolConfiguration> flow(boolean quick) {
        List<Part<PoolConfiguration>> parts = new ArrayList<>();
        if (quick) {
            addAll(parts, 1, FLOWING, Work.FLOW, 2);
        } else {
            addAll(parts, 3, FLOWING, Work.FLOW, 2, 8);
            addAll(parts, 3, FLOWING, Work.VIRTUAL_FLOW, 100);
        }
        return new Plan<>(parts, 2, 5, 100);
    }

    private static void addAll(
            List<Part<PoolConfiguration>> parts,
            int forks,
            List<PoolSubject> subjects,
            Work work,
            int... threads) {
        for (int count : threads) {
            for (PoolSubject subject : subjects) {
                parts.add(new Part<>(usual(subject, work, count), forks));
            }
        }
    }

    private static PoolConfiguration usual(PoolSubject subject, Work work, int threads) {
        return new PoolConfiguration(subject, work, threads, PoolConfiguration.BYTES);
    }

    private static void addSize(
            List<Part<PoolConfiguration>> parts, int forks, Work work, int bytes, int... threads) {
        for (int count : threads) {
            parts.add(
                    new Part<>(new PoolConfiguration(PoolSubject.NEW, work, count, bytes), forks));
        }
    }
}
