// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.io.Serial;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool of objects of which each CPU keeps some for itself: for buffers, parsers and the like that
 * are expensive to make, where threads are too many or too short-lived to keep one each.
 *
 * <p>{@link #acquire} takes the object that was released last on the CPU the caller runs on, whose
 * memory is most likely in that CPU's caches, and {@link Slot#release} puts it back on the CPU
 * where that is called: any CPU, any thread. Each CPU keeps at most {@link #maxPerCpu} objects.
 * What one has too many goes, in batches, to a central tier where those find it that have too few;
 * so a pool of which one thread only acquires and another only releases neither grows nor runs dry.
 *
 * <p>The pool is bounded: it owns at most {@link #maxTotal} objects, those that are out included.
 * When all of them are out, {@code acquire} still answers at once, with an object that will be
 * discarded when it is released. It never waits for other users.
 *
 * <p>What a slot holds is the caller's until it is released, and nobody's afterwards: an object
 * that is still used then may be in other hands already, and both corrupt each other. The pool
 * cannot see that. It sees a slot that is released twice, and throws {@link IllegalStateException};
 * only when the object was acquired by somebody else in between is the second release taken for
 * theirs. A {@link Lease} has not even that gap: closing it again does nothing.
 *
 * <p>An object that is acquired and never released does no harm: it is garbage collected when its
 * user forgets it, and the pool makes a new one in its place when it needs it.
 *
 * <p>All methods can be called by any thread, virtual threads included, which may well be moved
 * between acquiring and releasing. What was written before a release is visible after the acquire
 * that takes the object. Acquiring and releasing cost a call of a {@linkplain CpuMemory#bind bound}
 * sequence each, and releasing one uncontended atomic instruction, by which double releases are
 * seen. Only every {@code maxPerCpu / 2} operations at most, and only if a CPU's flow is one-way, a
 * lock is taken. A pool costs 128 bytes for each object besides the object, and a page for each CPU
 * that uses it.
 *
 * {@snippet lang = java :
 * static final CpuPool<StringBuilder> BUILDERS =
 *         CpuPool.builder(StringBuilder::new).onRelease(text -> text.setLength(0)).build();
 *
 * try (CpuPool.Lease<StringBuilder> lease = BUILDERS.lease()) {
 *     lease.get().append("Hello");
 * }
 * }
 *
 * <p>An object that knows its slot needs nothing else to be released:
 *
 * {@snippet lang = java :
 * static final CpuPool<Parser> PARSERS = CpuPool.builderWithSlot(Parser::new).build();
 *
 * Parser(CpuPool.Slot<Parser> slot) { this.slot = slot; }
 * void close() { slot.release(); }
 * }
 *
 * @param <T> the objects
 */
public final class CpuPool<T> implements AutoCloseable {

    /*
     * Structure
     * ---------
     *                  acquire | release
     *                          |
     *     magazine of CPU 0   magazine of CPU 1   ...      handles, off heap, popped and pushed by rseq
     *              \            /
     *               batches of handles, under the lock
     *                  \     /
     *                   depot                              handles, off heap
     *
     *     slots[handle] --> Slot --> object                on heap
     *
     * Machine code cannot touch references, so magazines hold numbers of slots. A handle stands for the
     * right to its slot: it is in one magazine, or in the depot, or with one thread. Who pops it may
     * change the slot; nobody else does. Handles are never copied, so nothing is handed out twice.
     *
     * Publication
     * -----------
     * A slot is stored in slots[] under the lock, before it is handed out for the first time; after
     * that the element changes only when it is watched (below). Who pops a handle must see the
     * element, the fields of the slot, and what its last user wrote to the object:
     *
     *  - Pushed and popped on the same CPU. On that CPU, the push comes before the pop in program order
     *    or the scheduler switched from one thread to the other, which is a full barrier. What the
     *    pusher did before was done on that CPU, or before it was migrated, which is a full barrier too.
     *  - Moved by a batch: the lock of the depot is between.
     *  - Taken from elsewhere: the fence, a full barrier on the pusher's CPU, and the stop word.
     *
     * To the compiler a critical call is opaque: it does not move accesses to the heap across. The fences
     * beside the calls say the same in the terms of the Java memory model: a release fence before the
     * push, an acquire fence after the pop. On x86-64 they are no instructions. So no order of the
     * hardware is asked for in the fast path but what a thread sees of itself. By concurrency id, "CPU"
     * means the id: it goes from one CPU to another only by a switch of threads.
     *
     * Double release
     * --------------
     * A slot is OUT or POOLED or GONE. A release must change it from OUT to POOLED by one atomic
     * instruction, which of two threads at most one can do; only that one pushes the handle. Acquiring
     * needs none: the handle is the right.
     *
     * Objects that are never released
     * -------------------------------
     * slots[] would keep them for ever. So when no handle is vacant, and the last time is 0.1 s ago, the
     * slots that are out are watched: kept weakly. Is a watched slot unreachable, then its handle is
     * given to a new object. This must not happen to a slot that is pooled, since then nobody but the
     * pool knows it. The protocol is that of Dekker:
     *
     *     release                                    watch, under the lock
     *     -------                                    ---------------------
     *     OUT -> POOLED                              slot.watch = announced
     *     if (slot.watch != null)                    if the slot is OUT: keep it weakly
     *         keep it strongly, under the lock
     *     push (a sequence)
     *
     * Both sides write, then read what the other writes, all volatile: so at least one sees the other.
     * If the watcher sees POOLED, it leaves the slot alone. If it sees OUT, who releases the slot sees
     * the announcement, waits for the lock, and keeps it strongly before anybody can pop the handle. The
     * atomic instruction that is there anyway, for double releases, is the only barrier that this needs
     * on the fast side. So what is in a magazine or in the depot always has its element in slots[].
     *
     * A slot that is acquired becomes OUT by a plain store: a watcher who does not see that yet leaves
     * the slot alone, and one who does finds that its user already has it.
     *
     * A slot is found unreachable only after all finalizers have run, since one of them may release it:
     * that is what a phantom reference waits for.
     *
     * Deliberately not done: waiting for objects (no user of a pool of buffers should), a thread of the
     * pool's own (who wants trim() regularly has a scheduler), validation of objects.
     */

    /** A place in the pool, and the object that is there: what {@link #acquire} answers. */
    public static final class Slot<T> {

        private static final int NEW = 0;
        private static final int OUT = 1;
        private static final int POOLED = 2;
        private static final int GONE = 3;
        private static final VarHandle STATE = stateHandle();

        private final CpuPool<T> pool;
        final int handle;
        private @Nullable T object;
        private volatile int state;

        /** How the pool keeps this slot weakly, if it does or is about to. */
        volatile SlotTable.@Nullable Watch<T> watch;

        /** Where it was acquired, if leaks are to be reported. */
        @Nullable Throwable acquired;

        /** Where it was released, if that is traced. */
        private @Nullable Throwable released;

        private long madeNanos;
        private long releasedNanos;
        private boolean wasReleased;

        /** So that two slots never share a cache line: 128 bytes with the fields above. */
        @SuppressWarnings({"unused", "UnusedVariable"})
        private long pad0, pad1, pad2, pad3, pad4, pad5, pad6, pad7;

        private Slot(CpuPool<T> pool, int handle) {
            this.pool = pool;
            this.handle = handle;
        }

        private static VarHandle stateHandle() {
            try {
                return MethodHandles.lookup().findVarHandle(Slot.class, "state", int.class);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }

        /** {@return the object; not to be used after {@link #release}} */
        public T get() {
            return Objects.requireNonNull(object, "slot: still being filled by the factory");
        }

        /**
         * Gives the object back, to the CPU the caller runs on. Any thread may.
         *
         * @throws IllegalStateException if it is not out: it was released before. The pool is as it
         *     was
         */
        public void release() {
            pool.release(this);
        }

        /** {@return whether it is acquired; others may release it meanwhile} */
        boolean isOut() {
            return state == OUT;
        }

        @Override
        public String toString() {
            return "slot "
                    + (handle == SlotTable.NONE ? "" : handle + " ")
                    + "("
                    + describe()
                    + ") of "
                    + object;
        }

        private String describe() {
            return switch (state) {
                case NEW -> "new";
                case OUT -> "out";
                case POOLED -> "released";
                default -> "discarded";
            };
        }
    }

    /**
     * An acquired object, for try-with-resources. Closing it releases the object, once; closing it
     * again does nothing, whoever has the object by then. For one thread at a time.
     *
     * @param <T> the object
     */
    public static final class Lease<T> implements AutoCloseable {

        private @Nullable Slot<T> slot;

        private Lease(Slot<T> slot) {
            this.slot = slot;
        }

        /**
         * {@return the object}
         *
         * @throws IllegalStateException if this lease is closed
         */
        public T get() {
            if (slot == null) {
                throw new IllegalStateException("lease: closed (expected: open)");
            }
            return slot.get();
        }

        @Override
        public void close() {
            Slot<T> open = slot;
            if (open != null) {
                slot = null;
                open.release();
            }
        }
    }

    /** Where an object was acquired that was never released: see {@link Builder#detectLeaks}. */
    public static final class Leak extends Exception {

        @Serial private static final long serialVersionUID = 1;

        private Leak() {
            super("acquired here and never released");
        }
    }

    /**
     * What a pool did since it was made. Counting costs nothing where a CPU has what is asked for.
     *
     * @param hits acquires that found an object on their CPU
     * @param misses acquires that did not
     * @param made objects that the factory made
     * @param discarded objects that the pool let go: one too many, expired, trimmed, cleared,
     *     failed in {@code onRelease}, or released after {@link #close}
     * @param overflows acquires when all {@link #maxTotal} objects were out; each made an object
     *     that is discarded when it is released
     * @param lost objects that were acquired and never released, and whose place was given to
     *     others
     * @param batches exchanges of a batch of objects with the central tier
     * @param retries operations that did not complete at the first attempt: aborted by the kernel,
     *     or stopped
     * @param completions those of them that were completed with the CPU's sequences excluded; where
     *     no thread runs machine code, all
     * @param stops how often a CPU's objects were worked on from elsewhere, be it to complete an
     *     operation, to drain, or to balance
     */
    public record Statistics(
            long hits,
            long misses,
            long made,
            long discarded,
            long overflows,
            long lost,
            long batches,
            long retries,
            long completions,
            long stops) {}

    /* ------------------------- Making one ------------------------- */

    /**
     * {@return a description of a pool, to be completed}
     *
     * @param factory makes an object; called by whoever acquires and finds none
     * @param <T> the objects
     */
    public static <T> Builder<T> builder(Supplier<? extends T> factory) {
        Objects.requireNonNull(factory, "factory: null (expected: a supplier)");
        return new Builder<>(_ -> factory.get());
    }

    /**
     * {@return a description of a pool whose objects know their slots, to be completed}
     *
     * @param factory makes an object for a slot; called by whoever acquires and finds none
     * @param <T> the objects
     */
    public static <T> Builder<T> builderWithSlot(Function<? super Slot<T>, ? extends T> factory) {
        Objects.requireNonNull(factory, "factory: null (expected: a function)");
        return new Builder<>(factory);
    }

    /**
     * Describes a pool. Not for concurrent use.
     *
     * @param <T> the objects
     */
    public static final class Builder<T> {

        private final Function<? super Slot<T>, ? extends T> factory;
        private IndexMode index = IndexMode.CPU_ID;
        private @Nullable CpuMemory memory;
        private int maxPerCpu = 32;
        private int maxTotal;
        private @Nullable Consumer<? super T> onRelease;
        private @Nullable Consumer<? super T> onDiscard;
        private @Nullable Consumer<? super Leak> onLeak;
        private boolean traceReleases;
        private long maxIdleNanos = Long.MAX_VALUE;
        private long maxAgeNanos = Long.MAX_VALUE;
        private long watchIntervalNanos = WATCH_INTERVAL_NANOS;

        private Builder(Function<? super Slot<T>, ? extends T> factory) {
            this.factory = factory;
        }

        /**
         * Sets by which number of the running thread its magazine is chosen; by default {@link
         * IndexMode#CPU_ID}.
         *
         * @param newIndex which
         * @return this
         */
        public Builder<T> index(IndexMode newIndex) {
            index = Objects.requireNonNull(newIndex, "index: null (expected: an index mode)");
            return this;
        }

        /** Uses a memory that tests have hold of. */
        Builder<T> memory(CpuMemory newMemory) {
            memory = newMemory;
            return this;
        }

        /** Sets how long after the last time lost objects are looked for again. */
        Builder<T> watchIntervalNanos(long nanos) {
            watchIntervalNanos = nanos;
            return this;
        }

        /**
         * Sets how many objects each CPU keeps at most; by default 32.
         *
         * @param objects how many, 1 to 1020
         * @return this
         */
        public Builder<T> maxPerCpu(int objects) {
            maxPerCpu = check("maxPerCpu", objects, Magazines.MAX_ROUNDS);
            return this;
        }

        /**
         * Sets how many objects the pool owns at most, pooled and out; by default as many as each
         * CPU may keep, for each processor of the JVM and once more, and at least 512.
         *
         * <p>Since those that are out count, this should not be less than the number of threads
         * that commonly have one at the same time: what is acquired beyond it is made anew and
         * discarded. It is also what can remain pooled after a burst, until {@link CpuPool#trim}.
         *
         * @param objects how many, 1 to 1,000,000
         * @return this
         */
        public Builder<T> maxTotal(int objects) {
            maxTotal = check("maxTotal", objects, 1_000_000);
            return this;
        }

        private static int check(String name, int value, int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException(
                        name + ": " + value + " (expected: 1 to " + most + ")");
            }
            return value;
        }

        /**
         * Does something to each object that is released, before others can acquire it: resets it,
         * for example. If that throws, the object is discarded and the release throws the same.
         *
         * @param action what; called by the thread that releases
         * @return this
         */
        public Builder<T> onRelease(Consumer<? super T> action) {
            onRelease = Objects.requireNonNull(action, "action: null (expected: a consumer)");
            return this;
        }

        /**
         * Does something to each object that the pool lets go: closes it, for example. An object
         * that is never released is not among them.
         *
         * @param action what; called by the thread that acquires, releases, trims, clears or
         *     closes. If it throws, the objects that are due are discarded all the same; then that
         *     method throws the first of the exceptions, with the others suppressed
         * @return this
         */
        public Builder<T> onDiscard(Consumer<? super T> action) {
            onDiscard = Objects.requireNonNull(action, "action: null (expected: a consumer)");
            return this;
        }

        /**
         * Reports each object that was never released, with the stack of who acquired it, as a
         * warning of the logger {@code dev.cpulocal} ({@link System.Logger}).
         *
         * <p>Costs a stack trace and a lock for each acquire. A leak is noticed after a garbage
         * collection, by the next acquire.
         *
         * @return this
         */
        public Builder<T> detectLeaks() {
            return detectLeaks(leak ->
                    System.getLogger("dev.cpulocal")
                            .log(Level.WARNING, "a pooled object was not released", leak));
        }

        /**
         * Reports each object that was never released: {@link #detectLeaks()}, to somebody else.
         *
         * @param report what to do with the stack of who acquired it; called by a thread that
         *     acquires or trims. What it throws is logged
         * @return this
         */
        public Builder<T> detectLeaks(Consumer<? super Leak> report) {
            onLeak = Objects.requireNonNull(report, "report: null (expected: a consumer)");
            return this;
        }

        /**
         * Records where each object is released, so that the exception of a second release has the
         * stack of the first as its cause. Costs a stack trace for each release.
         *
         * @return this
         */
        public Builder<T> traceReleases() {
            traceReleases = true;
            return this;
        }

        /**
         * Discards an object that was pooled for longer, instead of handing it out. Costs reading
         * the clock for each acquire and release.
         *
         * @param most how long, positive
         * @return this
         */
        public Builder<T> maxIdle(Duration most) {
            maxIdleNanos = nanos("maxIdle", most);
            return this;
        }

        /**
         * Discards an object that was made longer ago, instead of handing it out. Costs reading the
         * clock for each acquire.
         *
         * @param most how long, positive
         * @return this
         */
        public Builder<T> maxAge(Duration most) {
            maxAgeNanos = nanos("maxAge", most);
            return this;
        }

        private static long nanos(String name, Duration duration) {
            Objects.requireNonNull(duration, () -> name + ": null (expected: a duration)");
            if (!duration.isPositive()) {
                throw new IllegalArgumentException(
                        name + ": " + duration + " (expected: more than nothing)");
            }
            return TimeUnit.NANOSECONDS.convert(duration);
        }

        /** {@return the pool} */
        public CpuPool<T> build() {
            return new CpuPool<>(this);
        }
    }

    private static final long WATCH_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** More than the threads of most thread pools: those that are out count. */
    private static final int LEAST_DEFAULT_TOTAL = 512;

    /** How long after anything was taken from another CPU its only object is left there. */
    private static final long SINGLE_STEAL_INTERVAL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Magazines.Pop pop;
    private final Magazines.Push push;
    private final long magazine;
    private final @Nullable Slot<T>[] slots;
    private final boolean layered;
    private final boolean hooked;
    private final @Nullable Consumer<? super T> onRelease;

    private final Function<? super Slot<T>, ? extends T> factory;
    private final @Nullable Consumer<? super T> onDiscard;
    private final @Nullable Consumer<? super Leak> onLeak;
    private final boolean traceReleases;
    private final long maxIdleNanos;
    private final long maxAgeNanos;
    private final Magazines magazines;
    private final int batch;
    private final long watchIntervalNanos;

    /** Guards all that follow. No code of users runs under it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Depot depot;
    private final SlotTable<T> table;
    private final long[] seen;
    private boolean closed;
    private long lastWatchNanos;
    private long lastStealNanos;
    private long misses;
    private long made;
    private long discarded;
    private long overflows;
    private long lost;
    private long batches;

    private CpuPool(Builder<T> builder) {
        CpuMemory memory =
                builder.memory != null
                        ? builder.memory
                        : CpuMemory.create(builder.index, CpuMemory.DEFAULT_STRIDE_BYTES);
        int total =
                builder.maxTotal > 0
                        ? builder.maxTotal
                        : Math.max(
                                LEAST_DEFAULT_TOTAL,
                                builder.maxPerCpu
                                        * (Runtime.getRuntime().availableProcessors() + 1));
        factory = builder.factory;
        onRelease = builder.onRelease;
        onDiscard = builder.onDiscard;
        onLeak = builder.onLeak;
        traceReleases = builder.traceReleases;
        maxIdleNanos = builder.maxIdleNanos;
        maxAgeNanos = builder.maxAgeNanos;
        layered = onLeak != null || maxIdleNanos != Long.MAX_VALUE || maxAgeNanos != Long.MAX_VALUE;
        hooked = onRelease != null || traceReleases || layered;
        magazines = new Magazines(memory, builder.maxPerCpu);
        batch = (builder.maxPerCpu + 1) / 2;
        depot = new Depot(total, builder.maxPerCpu);
        table = new SlotTable<>(total);
        seen = new long[memory.ranges()];
        watchIntervalNanos = builder.watchIntervalNanos;
        lastWatchNanos = System.nanoTime() - watchIntervalNanos;
        lastStealNanos = System.nanoTime() - SINGLE_STEAL_INTERVAL_NANOS;
        slots = table.slots;
        pop = magazines.pop;
        push = magazines.push;
        magazine = magazines.offset;
    }

    /** {@return how many objects each CPU keeps at most} */
    public int maxPerCpu() {
        return magazines.limit();
    }

    /** {@return how many objects the pool owns at most, pooled and out} */
    public int maxTotal() {
        return slots.length;
    }

    Magazines magazines() {
        return magazines;
    }

    SlotTable<T> table() {
        return table;
    }

    /* ------------------------- Acquiring ------------------------- */

    /**
     * {@return a slot with an object: the one that was released last on the CPU the caller runs on,
     * or else one of the central tier, or else a new one}
     *
     * <p>What the factory throws is thrown; the pool is as it was.
     *
     * @throws IllegalStateException if the pool is closed
     * @throws NullPointerException if the factory answers null
     */
    public Slot<T> acquire() {
        Slot<T> slot = take();
        return layered ? admit(slot) : slot;
    }

    /**
     * {@link #acquire} for try-with-resources. The lease is a new object, which the JIT mostly does
     * without.
     *
     * @return the lease
     * @throws IllegalStateException if the pool is closed
     */
    public Lease<T> lease() {
        return new Lease<>(acquire());
    }

    private Slot<T> take() {
        long handle = pop.pop(magazine);
        return handle >= 0 ? popped((int) handle) : miss();
    }

    private Slot<T> popped(int handle) {
        VarHandle.acquireFence();
        Slot<T> slot = Objects.requireNonNull(slots[handle]);
        Slot.STATE.setOpaque(slot, Slot.OUT);
        return slot;
    }

    /** The current CPU has nothing. */
    private Slot<T> miss() {
        reclaimLost();
        int handle;
        lock.lock();
        try {
            checkOpen();
            misses++;
            magazines.open();
            if (depot.count() > 0) {
                return takeFromDepot();
            }
            handle = table.give();
            if (handle == SlotTable.NONE) {
                if (stealForDepot()) {
                    return takeFromDepot();
                }
                overflows++;
                watchThoseOut();
            }
        } finally {
            lock.unlock();
        }
        return make(handle);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("pool: closed (expected: open)");
        }
    }

    private Slot<T> takeFromDepot() {
        batches++;
        Slot<T> slot = table.find(depot.pop());
        depot.load(magazines, batch - 1);
        Slot.STATE.setOpaque(slot, Slot.OUT);
        return slot;
    }

    /**
     * Moves half of what the CPU with most objects has to the depot. A single object is moved only
     * now and then: when none is left, CPUs would take it from each other all the time, and each
     * would pay a fence.
     */
    private boolean stealForDepot() {
        int richest = 0;
        for (int range = 1; range < seen.length; range++) {
            richest = magazines.rounds(range) > magazines.rounds(richest) ? range : richest;
        }
        int rounds = magazines.rounds(richest);
        if (rounds == 0) {
            return false;
        }
        long now = System.nanoTime();
        if (rounds == 1 && now - lastStealNanos < SINGLE_STEAL_INTERVAL_NANOS) {
            return false;
        }
        lastStealNanos = now;
        return depot.unloadFrom(richest, magazines, (rounds + 1) / 2);
    }

    private Slot<T> make(int handle) {
        Slot<T> made = null;
        try {
            Slot<T> slot = new Slot<>(this, handle);
            slot.object =
                    Objects.requireNonNull(
                            factory.apply(slot), "factory: answered null (expected: an object)");
            made = slot;
        } finally {
            settle(handle, made);
        }
        if (layered) {
            made.madeNanos = System.nanoTime();
        }
        Slot.STATE.setOpaque(made, Slot.OUT);
        return made;
    }

    private void settle(int handle, @Nullable Slot<T> slot) {
        lock.lock();
        try {
            made += slot == null ? 0 : 1;
            if (handle != SlotTable.NONE) {
                if (slot == null) {
                    table.vacate(handle);
                } else {
                    table.put(slot);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is done to acquired objects only if it was asked for. */
    private Slot<T> admit(Slot<T> taken) {
        Slot<T> slot = taken;
        if (maxIdleNanos != Long.MAX_VALUE || maxAgeNanos != Long.MAX_VALUE) {
            while (isExpired(slot)) {
                discard(slot);
                slot = take();
            }
        }
        if (onLeak != null) {
            reclaimLost();
            slot.acquired = new Leak();
            lock.lock();
            try {
                table.watch(slot);
            } finally {
                lock.unlock();
            }
        }
        return slot;
    }

    private boolean isExpired(Slot<T> slot) {
        long now = System.nanoTime();
        return slot.wasReleased
                && (now - slot.releasedNanos > maxIdleNanos || now - slot.madeNanos > maxAgeNanos);
    }

    /* ------------------------- Objects that are never released ------------------------- */

    private void watchThoseOut() {
        if (System.nanoTime() - lastWatchNanos < watchIntervalNanos) {
            return;
        }
        table.watchThoseOut();
        lastWatchNanos = System.nanoTime();
    }

    private void reclaimLost() {
        for (SlotTable.Watch<T> watch; (watch = nextLost()) != null; ) {
            if (onLeak != null && watch.acquired instanceof Leak leak) {
                try {
                    onLeak.accept(leak);
                } catch (RuntimeException e) {
                    System.getLogger("dev.cpulocal").log(Level.WARNING, "report of a leak", e);
                }
            }
        }
    }

    private SlotTable.@Nullable Watch<T> nextLost() {
        lock.lock();
        try {
            SlotTable.Watch<T> watch = table.nextLost();
            lost += watch == null ? 0 : 1;
            return watch;
        } finally {
            lock.unlock();
        }
    }

    /* ------------------------- Releasing ------------------------- */

    /**
     * Gives an object back, to the CPU the caller runs on. Any thread may.
     *
     * @param slot a slot that {@link #acquire} answered
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it is another pool's
     * @throws IllegalStateException if it is not out: it was released before
     */
    public void release(Slot<T> slot) {
        checkOwn(slot);
        claim(slot);
        put(slot);
    }

    private void checkOwn(Slot<T> slot) {
        if (slot == null || slot.pool != this) {
            throw notOwn(slot);
        }
    }

    private static RuntimeException notOwn(@Nullable Slot<?> slot) {
        String message = "slot: " + slot + " (expected: one of this pool)";
        return slot == null
                ? new NullPointerException(message)
                : new IllegalArgumentException(message);
    }

    /** Puts a claimed slot where others can acquire it. */
    private void put(Slot<T> slot) {
        VarHandle.releaseFence();
        if (slot.handle == SlotTable.NONE
                || !Result.isCommitted(push.push(magazine, slot.handle))) {
            stow(slot);
        }
    }

    /** Makes the slot the pool's, which only one thread succeeds in. */
    private void claim(Slot<T> slot) {
        if (!Slot.STATE.compareAndSet(slot, Slot.OUT, Slot.POOLED)) {
            throw new IllegalStateException(slot + " (expected: out)", slot.released);
        }
        if (slot.watch != null) {
            unwatch(slot);
        }
        if (hooked) {
            prepare(slot);
        }
    }

    /** What is done to released objects only if it was asked for. */
    private void prepare(Slot<T> slot) {
        slot.wasReleased = true;
        if (traceReleases) {
            slot.released = new Throwable("first released here");
        }
        if (maxIdleNanos != Long.MAX_VALUE) {
            slot.releasedNanos = System.nanoTime();
        }
        if (onRelease != null) {
            try {
                onRelease.accept(slot.get());
            } catch (Throwable e) {
                try {
                    discard(slot);
                } catch (Throwable another) {
                    suppress(e, another);
                }
                throw e;
            }
        }
    }

    private void unwatch(Slot<T> slot) {
        lock.lock();
        try {
            table.unwatch(slot);
        } finally {
            lock.unlock();
        }
    }

    /** The current CPU has no room, or there is none for this slot anywhere. */
    private void stow(Slot<T> slot) {
        boolean kept;
        lock.lock();
        try {
            kept = slot.handle != SlotTable.NONE && !closed;
            if (kept) {
                if (!magazines.open()) {
                    depot.unload(magazines, batch);
                    batches++;
                }
                if (!Result.isCommitted(push.push(magazine, slot.handle))) {
                    depot.push(slot.handle);
                }
            }
        } finally {
            lock.unlock();
        }
        if (!kept) {
            discard(slot);
        }
    }

    /* ------------------------- Batches ------------------------- */

    /**
     * {@return so many slots with objects, as so many calls of {@link #acquire} would answer}
     *
     * <p>Those that the CPU the caller runs on has are taken at once. If one cannot be made, none
     * is taken.
     *
     * @param count how many
     * @throws IllegalArgumentException if that is negative
     * @throws IllegalStateException if the pool is closed
     */
    public List<Slot<T>> acquireAll(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count: " + count + " (expected: at least 0)");
        }
        List<Slot<T>> acquired = new ArrayList<>(count);
        boolean complete = false;
        try {
            if (!layered) {
                magazines.unloadSome(count, handle -> acquired.add(popped(handle)));
            }
            while (acquired.size() < count) {
                acquired.add(acquire());
            }
            complete = true;
        } finally {
            if (!complete) {
                releaseAll(acquired);
            }
        }
        return acquired;
    }

    /**
     * Releases slots, as {@link Slot#release} does one by one; those that fit go to the CPU the
     * caller runs on at once.
     *
     * @param released the slots
     * @throws NullPointerException if one of them is null; nothing is released
     * @throws IllegalArgumentException if one of them is another pool's; nothing is released
     * @throws IllegalStateException if some are not out; the others are released
     */
    public void releaseAll(Collection<? extends Slot<T>> released) {
        for (Slot<T> slot : released) {
            checkOwn(slot);
        }
        List<Slot<T>> claimed = new ArrayList<>(released.size());
        Runnable claim =
                () ->
                        forEach(
                                released,
                                slot -> {
                                    claim(slot);
                                    claimed.add(slot);
                                });
        forEach(List.of(claim, () -> putAll(claimed)), Runnable::run);
    }

    private void putAll(List<Slot<T>> claimed) {
        int[] handles =
                claimed.stream()
                        .mapToInt(slot -> slot.handle)
                        .filter(handle -> handle != SlotTable.NONE)
                        .toArray();
        if (handles.length != claimed.size() || !magazines.loadAll(handles)) {
            forEach(claimed, this::put);
        }
    }

    /* ------------------------- Letting go ------------------------- */

    /** Discards an object that nobody else can acquire. */
    private void discard(Slot<T> slot) {
        lock.lock();
        try {
            remove(slot);
        } finally {
            lock.unlock();
        }
        if (onDiscard != null) {
            onDiscard.accept(slot.get());
        }
    }

    private void remove(Slot<T> slot) {
        if (slot.handle != SlotTable.NONE) {
            table.vacate(slot.handle);
        }
        slot.state = Slot.GONE;
        discarded++;
    }

    /**
     * Discards all objects that are pooled at this moment. Those that are out are pooled when they
     * are released. Costs a fence, and holds up all users of the pool for some microseconds.
     *
     * @return how many
     */
    public int clear() {
        return discardAll(remove -> {
            magazines.drain(remove);
            depot.drain(remove);
        });
    }

    /**
     * Discards the objects that nobody needed since the last trim: those of each CPU on which none
     * was acquired or released meanwhile, and as many of the central tier as were always there.
     * Costs a fence. To be called from time to time, by whoever wants the memory of idle CPUs back.
     *
     * @return how many
     */
    public int trim() {
        reclaimLost();
        return discardAll(remove -> {
            magazines.drainIdle(seen, remove);
            depot.drainIdle(remove);
        });
    }

    /**
     * Discards all objects that are pooled, for ever: those that are out are discarded when they
     * are released, and acquiring is refused. Closing again does nothing.
     */
    @Override
    public void close() {
        int _ =
                discardAll(remove -> {
                    closed = true;
                    magazines.close(remove);
                    depot.drain(remove);
                });
    }

    private int discardAll(Consumer<IntConsumer> drain) {
        List<Slot<T>> removed = new ArrayList<>();
        lock.lock();
        try {
            drain.accept(handle -> {
                Slot<T> slot = table.find(handle);
                remove(slot);
                removed.add(slot);
            });
        } finally {
            lock.unlock();
        }
        if (onDiscard != null) {
            forEach(removed, slot -> onDiscard.accept(slot.get()));
        }
        return removed.size();
    }

    /** Does something to all; throws what was thrown first, with the others suppressed. */
    private static <E> void forEach(Collection<? extends E> elements, Consumer<E> action) {
        Throwable first = null;
        for (E element : elements) {
            try {
                action.accept(element);
            } catch (RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else {
                    suppress(first, e);
                }
            }
        }
        if (first instanceof Error e) {
            throw e;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
    }

    /** Code of users may throw the same one each time. */
    @SuppressWarnings("ReferenceEquality")
    private static void suppress(Throwable first, Throwable another) {
        if (another != first) {
            first.addSuppressed(another);
        }
    }

    /* ------------------------- Looking ------------------------- */

    /**
     * {@return how many objects are pooled, on all CPUs and in the central tier} Read one after the
     * other, while others acquire and release.
     */
    public int pooledCount() {
        lock.lock();
        try {
            return Math.min(magazines.rounds() + depot.count(), maxTotal());
        } finally {
            lock.unlock();
        }
    }

    /** {@return what the pool did} */
    public Statistics statistics() {
        CpuMemory.Statistics memory = magazines.memory().statistics();
        lock.lock();
        try {
            return new Statistics(
                    magazines.pops(),
                    misses,
                    made,
                    discarded,
                    overflows,
                    lost,
                    batches,
                    memory.retries(),
                    memory.completions(),
                    memory.stops());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "pool of " + pooledCount() + " objects, at most " + maxTotal();
    }
}
