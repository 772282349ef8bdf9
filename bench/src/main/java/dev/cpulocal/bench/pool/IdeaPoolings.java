// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Pools that others proposed or have inside, in our own words. */
final class IdeaPoolings {

    /** How many elements of an array lie on two cache lines, which processors fetch in pairs. */
    private static final int LINE = 128 / Integer.BYTES;

    private static final int STRIPES =
            Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors() - 1) << 1;

    private IdeaPoolings() {}

    /** {@return a stripe for the current thread; neighbours do not follow each other} */
    private static int stripe() {
        long id = Thread.currentThread().threadId();
        id ^= id << 13;
        id ^= id >>> 7;
        id ^= id << 17;
        return (int) id & (STRIPES - 1);
    }

    /**
     * Stripes of a few slots, each on cache lines of its own. Who finds nothing in his own stripe,
     * or no room, looks in the others.
     */
    static final class Striped implements Pooling<Buffer> {

        private static final int SLOTS = 8;

        private final AtomicReferenceArray<@Nullable Buffer> slots =
                new AtomicReferenceArray<>(LINE + STRIPES * LINE);
        private final int bytes;

        Striped(int bytes) {
            this.bytes = bytes;
        }

        @Override
        public Buffer acquire() {
            int first = stripe();
            for (int i = 0; i < STRIPES; i++) {
                Buffer found = takeFrom(first + i & (STRIPES - 1));
                if (found != null) {
                    return found;
                }
            }
            return new Buffer(bytes);
        }

        private @Nullable Buffer takeFrom(int stripe) {
            int start = LINE + stripe * LINE;
            for (int i = start; i < start + SLOTS; i++) {
                if (slots.getPlain(i) != null) {
                    Buffer found = slots.getAndSet(i, null);
                    if (found != null) {
                        return found;
                    }
                }
            }
            return null;
        }

        @Override
        public Buffer buffer(Buffer handle) {
            return handle;
        }

        @Override
        public void release(Buffer handle) {
            int first = stripe();
            for (int i = 0; i < STRIPES; i++) {
                if (putInto(first + i & (STRIPES - 1), handle)) {
                    return;
                }
            }
        }

        private boolean putInto(int stripe, Buffer buffer) {
            int start = LINE + stripe * LINE;
            for (int i = start; i < start + SLOTS; i++) {
                if (slots.getPlain(i) == null && slots.compareAndSet(i, null, buffer)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int pooledCount() {
            int count = 0;
            for (int i = 0; i < slots.length(); i++) {
                count += slots.get(i) == null ? 0 : 1;
            }
            return count;
        }
    }

    /**
     * A buffer for each platform thread; for virtual ones stacks, whose heads are on cache lines of
     * their own. Unbounded.
     */
    static final class Hybrid implements Pooling<Buffer> {

        private record Node(Buffer buffer, int depth, @Nullable Node next) {}

        private final ThreadLocal<Buffer> byThread;
        private final AtomicReferenceArray<@Nullable Node> heads =
                new AtomicReferenceArray<>(LINE + STRIPES * LINE);
        private final int bytes;

        Hybrid(int bytes) {
            this.bytes = bytes;
            byThread = ThreadLocal.withInitial(() -> new Buffer(bytes));
        }

        private static int head() {
            return LINE + stripe() * LINE;
        }

        @Override
        public Buffer acquire() {
            return Thread.currentThread().isVirtual() ? pop(head()) : byThread.get();
        }

        private Buffer pop(int head) {
            for (Node top; (top = heads.get(head)) != null; ) {
                if (heads.compareAndSet(head, top, top.next)) {
                    return top.buffer;
                }
            }
            return new Buffer(bytes);
        }

        @Override
        public Buffer buffer(Buffer handle) {
            return handle;
        }

        @Override
        public void release(Buffer handle) {
            if (Thread.currentThread().isVirtual()) {
                push(head(), handle);
            }
        }

        private void push(int head, Buffer buffer) {
            while (true) {
                Node top = heads.get(head);
                Node pushed = new Node(buffer, top == null ? 1 : top.depth + 1, top);
                if (heads.compareAndSet(head, top, pushed)) {
                    return;
                }
            }
        }

        @Override
        public int pooledCount() {
            int count = 0;
            for (int i = 0; i < heads.length(); i++) {
                Node top = heads.get(i);
                count += top == null ? 0 : top.depth;
            }
            return count;
        }
    }
}
