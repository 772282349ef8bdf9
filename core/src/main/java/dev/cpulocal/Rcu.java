// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Callbacks;
import dev.cpulocal.internal.CounterMemory;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.GracePeriods;
import dev.cpulocal.internal.ReaderLog;
import dev.cpulocal.internal.StallWatch;
import dev.cpulocal.internal.Wait;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Read-copy update: readers that neither wait nor disturb each other, and writers that wait until
 * no reader can still see what they took away.
 *
 * <p>A reader is between {@link #readLock} and {@link #readUnlock}. A writer first makes something
 * unreachable for new readers, then calls {@link #synchronize}, then frees it: memory outside the
 * heap, a file, a connection. Readers write a word of their thread or of the CPU they begin on,
 * which nobody else writes, and cost the same for one thread and for a thousand; writers cost a
 * system call and the time that readers take.
 *
 * <p><b>Assumptions</b>
 *
 * <ol>
 *   <li>What readers look at is reached, in a section, through a variable that writers change by at
 *       least {@code setRelease} and readers read by at least {@code getAcquire}, such as a
 *       volatile one. {@link RcuReference} is that.
 *   <li>Nothing that was reached in a section is used after its end.
 *   <li>A section ends, and each token is given to {@code readUnlock} once, to the domain it is of.
 *   <li>Who is in a section calls neither {@code synchronize} nor {@link #barrier} nor {@link
 *       #close} of the same domain. It would wait for itself; {@link Builder#onStall} says so after
 *       a while, and with {@link Builder#trackReaders} it throws instead.
 * </ol>
 *
 * <p><b>Guarantees</b>
 *
 * <ol>
 *   <li>When {@code synchronize} returns, every section of the domain that had begun before the
 *       call has ended, and what was done in it happens before what the caller does next.
 *   <li>A section that begins later sees everything that the caller did before the call.
 *   <li>A section may begin on one thread and end on another, on any CPU; it may block, be
 *       unmounted from its carrier, and contain other sections of the same or other domains. None
 *       waits for another.
 *   <li>{@code readLock} and {@code readUnlock} always complete, in a bounded number of steps.
 *   <li>{@code synchronize} completes if the sections that had begun end; those that begin later do
 *       not hold it up. Any number of threads that call it at the same time share grace periods:
 *       each waits for at most two.
 *   <li>A callback of {@link #callLater} is called once, after a grace period that begins after the
 *       call; callbacks of one CPU in the order in which they came.
 *   <li>Domains are independent of each other.
 *   <li>All that holds with and without rseq, and with and without membarrier; {@link
 *       AsymmetricFence#availability} and {@link Rseq#availability} tell how fast it is.
 * </ol>
 *
 * {@snippet lang = java :
 * static final Rcu ROUTES = Rcu.builder("routes").build();
 *
 * try (Rcu.Section _ = ROUTES.read()) {
 *     return lookUp(table, address);                 // table is volatile
 * }
 *
 * MemorySegment old = table;
 * table = rebuilt;
 * ROUTES.synchronize();                              // nobody looks at the old one any more
 * free(old);
 * }
 *
 * <p>All methods can be called by any thread. A domain that is not used any more needs no {@code
 * close}. It takes 8 KiB, and 264 bytes on each CPU where sections of virtual threads begin.
 */
public final class Rcu implements AutoCloseable {

    /*
     * The protocol is in GracePeriods, where readers are noted in ThreadSlots, ReaderSlots and
     * ReaderCounts, callbacks in Callbacks. Here is what a user sees of them.
     *
     * A token is that of GracePeriods, so a section needs no object.
     */

    private static final System.Logger LOGGER = System.getLogger("dev.cpulocal");

    private final String name;
    private final GracePeriods periods;
    private final Callbacks callbacks;
    private final @Nullable ReaderLog log;
    private final Consumer<? super Stall> onStall;

    private Rcu(Builder builder, Engine engine, CounterMemory.Block block) {
        name = builder.name;
        log = builder.trackReaders ? new ReaderLog() : null;
        onStall = builder.onStall;
        periods =
                new GracePeriods(
                        name, block, log, new StallWatch(builder.stallNanos, this::stalled));
        callbacks =
                new Callbacks(
                        periods,
                        engine,
                        new Callbacks.Limits(builder.mostPerCpu, builder.stallNanos),
                        builder.helper,
                        builder.onError);
        CounterCleaner.freeWithout(periods, block::free);
    }

    /**
     * {@return a builder of a domain}
     *
     * @param name what messages and events call it
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /* ------------------------- Readers ------------------------- */

    /**
     * Begins a read section. Costs 3 to 6 ns; on a virtual thread 6 to 10 ns with rseq.
     *
     * @return its token, for {@link #readUnlock}
     * @throws IllegalStateException if the domain is closed
     */
    public long readLock() {
        long token = periods.enter();
        if (token == GracePeriods.REFUSED) {
            throw closed();
        }
        return token;
    }

    /**
     * Ends a read section, on whatever thread. Costs 1 to 3 ns.
     *
     * <p>A token that is given twice is refused, unless it is that of another section by now, which
     * then is not waited for any more. With {@link Builder#trackReaders} it is always refused; a
     * {@link Section} can be closed twice.
     *
     * @param token as {@link #readLock} returned it
     * @throws IllegalArgumentException if no section has such a token
     */
    public void readUnlock(long token) {
        if (!periods.exit(token)) {
            throw new IllegalArgumentException(
                    "token: " + token + " (expected: that of a section that has not ended)");
        }
    }

    /**
     * {@return a read section that has begun, for try-with-resources}
     *
     * <p>It costs no object where the JIT sees its whole life, as it does in the usual statement.
     *
     * @throws IllegalStateException if the domain is closed
     */
    public Section read() {
        return new Section(this, readLock());
    }

    /** A read section. It may be closed by another thread, but not by two at the same time. */
    public static final class Section implements AutoCloseable {
        private final Rcu domain;
        private final long token;
        private boolean ended;

        private Section(Rcu domain, long token) {
            this.domain = domain;
            this.token = token;
        }

        /** Ends it. Does nothing if it has ended. */
        @Override
        public void close() {
            if (!ended) {
                ended = true;
                domain.readUnlock(token);
            }
        }

        boolean isEnded() {
            return ended;
        }
    }

    /* ------------------------- Waiting ------------------------- */

    /**
     * Waits until every read section has ended that had begun. An interrupt does not end it; the
     * thread is still interrupted afterwards.
     *
     * <p>Costs one system call where nobody reads, 0.5 to 30 microseconds; else two or more, and
     * waiting.
     *
     * @throws IllegalStateException if the caller is in a section, and readers are tracked; or if
     *     the kernel refuses membarrier after having granted it
     */
    public void synchronize() {
        checkOutside("synchronize");
        boolean _ = periods.await(periods.next(), Wait.forEver());
    }

    /**
     * Waits until every read section has ended that had begun, but not for ever.
     *
     * @param most how long at most
     * @return whether they have ended
     * @throws IllegalStateException as {@link #synchronize()}
     */
    public boolean synchronize(Duration most) {
        checkOutside("synchronize");
        long next = periods.next();
        return periods.await(next, Wait.nanos(TimeUnit.NANOSECONDS.convert(most)));
    }

    /**
     * Sees to it that a grace period begins, and does not wait for it.
     *
     * @return its number, for {@link #isElapsed}: when that says yes, it is as if {@link
     *     #synchronize} had been called now and had returned then
     */
    public long startGracePeriod() {
        long number = periods.next();
        callbacks.request(number);
        return number;
    }

    /**
     * {@return whether a grace period is over} If so, whatever its readers did happens before what
     * the caller does next.
     *
     * @param number as {@link #startGracePeriod} returned it
     */
    public boolean isElapsed(long number) {
        return periods.isElapsed(number);
    }

    private void checkOutside(String method) {
        if (log != null && log.isInside(Thread.currentThread())) {
            throw new IllegalStateException(
                    "domain "
                            + name
                            + ": "
                            + method
                            + "() in a read section waits for itself (expected: outside)");
        }
    }

    /* ------------------------- Callbacks ------------------------- */

    /**
     * Has something called after a grace period, by the domain's helper thread.
     *
     * <p>Costs an object and an atomic instruction. If {@linkplain Builder#maxPendingPerCpu too
     * many} wait on this CPU, so does the caller, unless it is a callback itself.
     *
     * @param callback what. Whatever it throws is given to {@link Builder#onError}. It may call
     *     {@code callLater}
     * @throws RejectedExecutionException if there is no room for as long as the stall limit; the
     *     callback will not be called
     * @throws IllegalStateException if the domain is closed
     */
    public void callLater(Runnable callback) {
        Objects.requireNonNull(callback, "callback: null (expected: a task)");
        checkOpen();
        callbacks.add(callback);
    }

    /**
     * The same, but never waits.
     *
     * @param callback what
     * @return whether there was room; if not, the callback will not be called
     * @throws IllegalStateException if the domain is closed
     */
    public boolean tryCallLater(Runnable callback) {
        Objects.requireNonNull(callback, "callback: null (expected: a task)");
        checkOpen();
        return callbacks.tryAdd(callback);
    }

    /** The same, but the caller waits and calls it itself where the helper cannot. */
    void callLaterOrWait(Runnable callback) {
        if (periods.isClosed() || !callbacks.tryAdd(callback)) {
            synchronize();
            callback.run();
        }
    }

    private void checkOpen() {
        if (periods.isClosed()) {
            throw closed();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException("domain " + name + ": closed (expected: open)");
    }

    /**
     * Waits until all callbacks have been called that were passed before. An interrupt does not end
     * it; the thread is still interrupted afterwards.
     *
     * @throws IllegalStateException if the caller is a callback, or in a section, and readers are
     *     tracked
     */
    public void barrier() {
        checkOutside("barrier");
        checkNoCallback("barrier");
        await(callbacks.barrier());
    }

    private void checkNoCallback(String method) {
        if (callbacks.isHelper()) {
            throw new IllegalStateException(
                    "domain " + name + ": " + method + "() in a callback waits for itself");
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Refuses new read sections and callbacks, waits for the sections that have begun, and until
     * the callbacks have been called. Does nothing if the domain is closed.
     *
     * <p>A callback that is passed at the same time is refused or called, perhaps later.
     *
     * @throws IllegalStateException as {@link #barrier}
     */
    @Override
    public void close() {
        checkOutside("close");
        checkNoCallback("close");
        periods.close();
        boolean _ = periods.await(periods.next(), Wait.forEver());
        await(callbacks.barrier());
    }

    /* ------------------------- What can be seen ------------------------- */

    /** {@return how many read sections are under way, roughly while some begin or end} */
    public long readers() {
        return periods.readers();
    }

    /** {@return how many callbacks wait for a grace period to begin} */
    public long pending() {
        return callbacks.waiting();
    }

    /** {@return how many grace periods there were; each may have served many callers} */
    public long gracePeriods() {
        return periods.completed();
    }

    @Override
    public String toString() {
        return "Rcu[" + name + "]";
    }

    /**
     * A read section that has not ended; only if readers are tracked.
     *
     * @param thread that began it
     * @param held for how long it has lasted
     * @param where the stack of its beginning
     */
    public record Reader(Thread thread, Duration held, Throwable where) {}

    /**
     * A grace period that readers hold up.
     *
     * @param domain the name of the domain
     * @param waited for how long they have been waited for
     * @param readers how many sections are under way, roughly
     * @param holders which; empty if readers are not tracked
     */
    public record Stall(String domain, Duration waited, long readers, List<Reader> holders) {

        /** Copies the list. */
        public Stall {
            holders = List.copyOf(holders);
        }

        @Override
        public String toString() {
            return "RCU domain "
                    + domain
                    + ": a grace period has waited "
                    + waited.toMillis()
                    + " ms for "
                    + readers
                    + " read sections"
                    + (holders.isEmpty() ? "" : ", the longest of " + holders.getFirst().thread());
        }
    }

    private void stalled(long nanos) {
        List<Reader> holders = log == null ? List.of() : log.readers();
        try {
            onStall.accept(new Stall(name, Duration.ofNanos(nanos), readers(), holders));
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "what was told of a stall", e);
        }
    }

    private static void log(Stall stall) {
        @Nullable Throwable where =
                stall.holders().isEmpty() ? null : stall.holders().getFirst().where();
        LOGGER.log(Level.WARNING, stall.toString(), where);
    }

    /* ------------------------- Building ------------------------- */

    /** Describes a domain. Not for concurrent use. */
    public static final class Builder {
        private static final Duration STALL_LIMIT = Duration.ofSeconds(10);
        private static final int MOST_PER_CPU = 1 << 20;

        private final String name;
        private long stallNanos = TimeUnit.NANOSECONDS.convert(STALL_LIMIT);
        private Consumer<? super Stall> onStall = Rcu::log;
        private IndexMode index = IndexMode.CPU_ID;
        private boolean trackReaders;
        private int mostPerCpu = MOST_PER_CPU;
        private Thread.Builder helper;
        private Consumer<? super Throwable> onError =
                e -> LOGGER.log(Level.WARNING, "an RCU callback failed", e);

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name: null (expected: a name)");
            helper = Thread.ofPlatform().daemon().name("cpulocal-rcu-" + name);
        }

        /**
         * Chooses by what a CPU's counters are chosen.
         *
         * @param mode {@link IndexMode#CPU_ID} if not called
         * @return this
         */
        public Builder index(IndexMode mode) {
            index = Objects.requireNonNull(mode, "mode: null (expected: an index mode)");
            return this;
        }

        /**
         * Reports grace periods that readers hold up for long, once for each limit that passes.
         *
         * @param limit how long is long, positive; 10 seconds if not called
         * @param report what to do; called by a thread that waits. If not called, the logger {@code
         *     dev.cpulocal} warns
         * @return this
         */
        public Builder onStall(Duration limit, Consumer<? super Stall> report) {
            if (!limit.isPositive()) {
                throw new IllegalArgumentException(
                        "limit: " + limit + " (expected: more than nothing)");
            }
            stallNanos = TimeUnit.NANOSECONDS.convert(limit);
            onStall = Objects.requireNonNull(report, "report: null (expected: a consumer)");
            return this;
        }

        /**
         * Notes who is in a section, from where: then stalls name the readers, a token that is
         * given back twice is refused, and who would wait for itself is told so. Costs a stack
         * trace for each section: for finding mistakes.
         *
         * @return this
         */
        public Builder trackReaders() {
            trackReaders = true;
            return this;
        }

        /**
         * Bounds the callbacks that wait.
         *
         * @param most how many on each CPU, positive; about a million if not called
         * @return this
         */
        public Builder maxPendingPerCpu(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("most: " + most + " (expected: 1 or more)");
            }
            mostPerCpu = most;
            return this;
        }

        /**
         * Chooses the kind of thread that calls callbacks.
         *
         * @param threads makes it, when there is something to call; a platform daemon if not called
         * @return this
         */
        public Builder helper(Thread.Builder threads) {
            helper = Objects.requireNonNull(threads, "threads: null (expected: a builder)");
            return this;
        }

        /**
         * Chooses what is done with what callbacks throw.
         *
         * @param report what to do; called by the helper. If not called, the logger {@code
         *     dev.cpulocal} warns
         * @return this
         */
        public Builder onError(Consumer<? super Throwable> report) {
            onError = Objects.requireNonNull(report, "report: null (expected: a consumer)");
            return this;
        }

        /** {@return the domain} */
        public Rcu build() {
            return new Rcu(
                    this,
                    Engine.of(index),
                    CounterMemory.allocateShared(
                            index, GracePeriods.WORDS, CpuMemory.DEFAULT_STRIDE_BYTES));
        }

        /** {@return the domain, in memory of its own} */
        Rcu build(Engine engine) {
            CounterMemory memory = new CounterMemory(engine, CpuMemory.DEFAULT_STRIDE_BYTES);
            return new Rcu(this, engine, memory.allocate(GracePeriods.WORDS));
        }
    }
}
