// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuPool;
import dev.cpulocal.Rseq;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What a pool must do for its Jackson, whichever that is. A pool of one recycler finds it on
 * whichever CPU it was left; that is where tests need to know which one comes.
 *
 * @param <R> Jackson's {@code BufferRecycler}
 */
public abstract class CpuRecyclerPoolContract<R> {

    /** How long threads try to make the pool grow: longer by {@code -Dgrowth.seconds=60}. */
    private static final int GROWTH_SECONDS = Integer.getInteger("growth.seconds", 2);

    /** {@return a pool of the process, and a mapper that uses it} */
    protected abstract Jackson<R> shared();

    /** {@return a new pool, and a mapper that uses it} */
    protected abstract Jackson<R> create();

    /** {@return a new pool, and a mapper that uses it} */
    protected abstract Jackson<R> create(int maxPerCpu, int maxTotal);

    /** {@return a mapper that uses a pool} */
    protected abstract Jackson<R> with(Object pool);

    /** {@return what a mapper writes that does not pool} */
    protected abstract byte[] writeWithoutPool(Object tree) throws IOException;

    @Test
    void rseqIsAvailableWhereItShouldBe() {
        assertEquals(Boolean.getBoolean("expected.rseq"), Rseq.availability().isAvailable());
    }

    /* ------------------------- Acquiring and releasing ------------------------- */

    @Test
    void releasedRecyclerIsAcquiredAgain() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquireAndLinkPooled();
        assertEquals(0, jackson.pooledCount());
        jackson.releaseToPool(recycler);
        assertEquals(1, jackson.pooledCount());
        assertSame(recycler, jackson.acquireAndLinkPooled());
    }

    @Test
    void unlinkedRecyclerIsReleasedByThePoolOnly() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquirePooled();
        jackson.releaseToPool(recycler);
        assertEquals(0, jackson.pooledCount());
        jackson.releasePooled(recycler);
        assertEquals(1, jackson.pooledCount());
    }

    /** Jackson's own pools fail then, when it is acquired again. */
    @Test
    void linkedRecyclerCanBeReleasedByThePoolToo() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquireAndLinkPooled();
        jackson.releasePooled(recycler);
        assertEquals(1, jackson.pooledCount());
        assertSame(recycler, jackson.acquireAndLinkPooled());
    }

    @Test
    void secondAcquireGetsAnother() {
        Jackson<R> jackson = create();
        R outer = jackson.acquireAndLinkPooled();
        R inner = jackson.acquireAndLinkPooled();
        assertNotSame(outer, inner);
        jackson.releaseToPool(inner);
        jackson.releaseToPool(outer);
        assertEquals(2, jackson.pooledCount());
    }

    @Test
    void secondReleaseToPoolDoesNothing() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquireAndLinkPooled();
        jackson.releaseToPool(recycler);
        jackson.releaseToPool(recycler);
        assertEquals(1, jackson.pooledCount());
    }

    @Test
    void secondReleasePooledIsRefused() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquirePooled();
        jackson.releasePooled(recycler);
        assertThrows(IllegalStateException.class, () -> jackson.releasePooled(recycler));
        assertEquals(1, jackson.pooledCount());
    }

    @Test
    void whatIsNotOfThisPoolIsRefused() {
        Jackson<R> jackson = create(1, 1);
        R other = create(1, 1).acquirePooled();
        assertThrows(IllegalArgumentException.class, () -> jackson.releasePooled(other));
        R none = jackson.newRecycler();
        assertThrows(IllegalArgumentException.class, () -> jackson.releasePooled(none));
        assertThrows(NullPointerException.class, () -> jackson.releasePooled(null));
        assertEquals(0, jackson.pooledCount());
    }

    /* ------------------------- Bounds ------------------------- */

    @Test
    void moreThanTheBoundAreDroppedAfterUse() {
        Jackson<R> jackson = create(2, 3);
        List<R> recyclers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            recyclers.add(jackson.acquireAndLinkPooled());
        }
        recyclers.forEach(jackson::releaseToPool);
        assertEquals(3, jackson.pooledCount());
        assertEquals(2, jackson.statistics().discarded());
    }

    @Test
    void boundsAreCheckedAndTold() {
        Jackson<R> jackson = create(1020, 1_000_000);
        assertEquals(1020, jackson.maxPerCpu());
        assertEquals(1_000_000, jackson.maxTotal());
        assertThrows(IllegalArgumentException.class, () -> create(0, 1));
        assertThrows(IllegalArgumentException.class, () -> create(1, 0));
    }

    @Test
    void clearDropsAll() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquireAndLinkPooled();
        jackson.releaseToPool(recycler);
        assertTrue(jackson.clear());
        assertEquals(0, jackson.pooledCount());
        assertNotSame(recycler, jackson.acquireAndLinkPooled());
    }

    @Test
    void recyclerThatIsOutSurvivesClear() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquireAndLinkPooled();
        assertTrue(jackson.clear());
        jackson.releaseToPool(recycler);
        assertEquals(1, jackson.pooledCount());
    }

    @Test
    void trimDropsWhatNobodyNeeds() {
        Jackson<R> jackson = create(1, 1);
        jackson.releaseToPool(jackson.acquireAndLinkPooled());
        assertEquals(0, jackson.trim());
        assertEquals(1, jackson.trim());
        assertEquals(0, jackson.pooledCount());
    }

    @Test
    void buffersThatHaveGrownTooMuchAreNotKept() {
        Jackson<R> jackson = create(1, 1);
        R recycler = jackson.acquirePooled();
        byte[] bytes = new byte[128 * 1024];
        assertSame(bytes, jackson.reuse(recycler, bytes));
        byte[] tooManyBytes = new byte[bytes.length + 1];
        assertNotSame(tooManyBytes, jackson.reuse(recycler, tooManyBytes));
        char[] chars = new char[64 * 1024];
        assertSame(chars, jackson.reuse(recycler, chars));
        char[] tooManyChars = new char[chars.length + 1];
        assertNotSame(tooManyChars, jackson.reuse(recycler, tooManyChars));
    }

    /* ------------------------- Serialization ------------------------- */

    @Test
    void sharedPoolIsReadAsTheSharedPool() throws Exception {
        assertSame(shared().pool(), shared().pool());
        assertSame(shared().pool(), Serialized.copy(shared().pool()));
    }

    @Test
    void otherPoolIsReadAsNewOneWithTheSameBounds() throws Exception {
        Jackson<R> jackson = create(3, 17);
        jackson.releaseToPool(jackson.acquireAndLinkPooled());
        Jackson<R> copy = with(Serialized.copy(jackson.pool()));
        assertNotSame(jackson.pool(), copy.pool());
        assertEquals(3, copy.maxPerCpu());
        assertEquals(17, copy.maxTotal());
        assertEquals(0, copy.pooledCount());
        copy.releaseToPool(copy.acquireAndLinkPooled());
        assertEquals(1, copy.pooledCount());
        assertEquals(1, jackson.pooledCount());
    }

    /* ------------------------- Reading and writing ------------------------- */

    @Test
    void documentsAreReadAndWritten() throws Exception {
        Jackson<R> jackson = create(1, 1);
        for (Object tree : Documents.all()) {
            byte[] expected = writeWithoutPool(tree);
            assertArrayEquals(expected, jackson.write(tree));
            assertEquals(tree, jackson.read(new ByteArrayInputStream(expected)));
            assertEquals(tree, jackson.read(jackson.writeString(tree)));
            assertEquals(1, jackson.pooledCount());
        }
    }

    /** The mapper once took two recyclers to write one value: jackson-databind #4321. */
    @Test
    void mapperGivesBackAllItTakes() throws Exception {
        Jackson<R> jackson = create();
        for (int i = 0; i < 100; i++) {
            byte[] json = jackson.write(List.of(1, 2));
            assertEquals(List.of(1, 2), jackson.read(new ByteArrayInputStream(json)));
            assertEquals("[1]", jackson.writeString(List.of(1)));
            assertEquals(List.of(3), jackson.read("[3]"));
        }
        assertNoneIsOut(jackson);
    }

    @Test
    void mapperGivesBackWhatItTookForWrongDocuments() {
        Jackson<R> jackson = create();
        Iterable<Object> unwritable =
                () -> {
                    throw new ArithmeticException("unwritable");
                };
        for (int i = 0; i < 100; i++) {
            assertThrows(Exception.class, () -> jackson.read("[1, }"));
            assertThrows(Exception.class, () -> jackson.write(List.of(1, unwritable)));
            assertThrows(Exception.class, () -> jackson.writeString(List.of(1, unwritable)));
        }
        assertNoneIsOut(jackson);
    }

    /** All recyclers there are wait in the pool, and are as many as it may keep at most. */
    private static void assertNoneIsOut(Jackson<?> jackson) {
        CpuPool.Statistics statistics = jackson.statistics();
        assertEquals(
                statistics.made() - statistics.discarded(),
                jackson.pooledCount(),
                statistics::toString);
        assertEquals(0, statistics.lost());
        assertTrue(jackson.pooledCount() <= jackson.maxTotal(), statistics::toString);
    }

    /* ------------------------- Many threads ------------------------- */

    @Test
    void nobodyHasWhatAnotherHas() throws Exception {
        Jackson<R> jackson = create(4, 12);
        Set<R> out = ConcurrentHashMap.newKeySet();
        Tasks.start(
                        64,
                        Tasks::platformOrVirtual,
                        _ -> {
                            for (int i = 0; i < 1_000; i++) {
                                R recycler = jackson.acquireAndLinkPooled();
                                assertTrue(out.add(recycler));
                                LockSupport.parkNanos(1);
                                assertTrue(out.remove(recycler));
                                jackson.releaseToPool(recycler);
                            }
                        })
                .join();
        assertNoneIsOut(jackson);
    }

    /** They are moved between CPUs while they read. */
    @Test
    void tenThousandVirtualThreadsReadAndWrite() throws Exception {
        Jackson<R> jackson = create();
        List<Object> trees = Documents.all();
        List<byte[]> texts = new ArrayList<>();
        for (Object tree : trees) {
            texts.add(writeWithoutPool(tree));
        }
        Tasks.start(
                        10_000,
                        Tasks::virtual,
                        task -> {
                            Object tree = trees.get(task % trees.size());
                            byte[] text = texts.get(task % texts.size());
                            assertArrayEquals(text, jackson.write(tree));
                            assertEquals(tree, jackson.read(new SlowStream(text)));
                            assertEquals(tree, jackson.read(jackson.writeString(tree)));
                        })
                .join();
        assertNoneIsOut(jackson);
    }

    /** Gives little at a time, and lets other threads run each time. */
    private static final class SlowStream extends FilterInputStream {

        SlowStream(byte[] bytes) {
            super(new ByteArrayInputStream(bytes));
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            LockSupport.parkNanos(1);
            return super.read(target, offset, Math.min(length, 2_000));
        }
    }

    /** How one of Jackson's own pools was found to grow without bound. */
    @Test
    void poolDoesNotGrow() throws Exception {
        int threads = 200;
        Jackson<R> jackson = create(4, 24);
        AtomicBoolean ended = new AtomicBoolean();
        Tasks users =
                Tasks.start(
                        threads,
                        Tasks::platform,
                        task -> {
                            Random random = new Random(task);
                            while (!ended.get()) {
                                useInAnyOrder(jackson, random);
                            }
                        });
        try {
            watch(jackson, threads);
        } finally {
            ended.set(true);
        }
        users.join();
        assertNoneIsOut(jackson);
    }

    private static void useInAnyOrder(Jackson<?> jackson, Random random) throws IOException {
        if (random.nextBoolean()) {
            assertEquals(42, jackson.read("42 "));
        }
        assertEquals("[]", jackson.writeString(List.of()));
        if (random.nextBoolean()) {
            assertEquals(42, jackson.read("42 "));
        }
    }

    private static void watch(Jackson<?> jackson, int users) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GROWTH_SECONDS);
        while (System.nanoTime() < end) {
            assertTrue(jackson.pooledCount() <= jackson.maxTotal());
            CpuPool.Statistics statistics = jackson.statistics();
            long existing = statistics.made() - statistics.discarded() - statistics.lost();
            assertTrue(existing <= jackson.maxTotal() + 2 * users, statistics::toString);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
