// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A variable whose value is read by many, replaced now and then, and closed when nobody reads it
 * any more.
 *
 * <p>Reading costs a {@linkplain Rcu#read read section} and a volatile read. A value that was
 * replaced is closed after a grace period: every section that may have got it has ended then.
 *
 * {@snippet lang = java :
 * static final RcuReference<Table> TABLE = RcuReference.of(ROUTES, Table.load());
 *
 * Route route = TABLE.read(table -> table.lookUp(address));
 *
 * TABLE.replace(Table.load());                     // the old one is closed later
 * }
 *
 * <p>All methods can be called by any thread. What was written before a value was passed is visible
 * to those who read it, and what they did with it happens before it is closed.
 *
 * @param <T> the values; only this reference closes them
 */
public final class RcuReference<T extends AutoCloseable> implements AutoCloseable {

    private final Rcu domain;
    private final AtomicReference<@Nullable T> value;

    private RcuReference(Rcu domain, T value) {
        this.domain = domain;
        this.value = new AtomicReference<>(value);
    }

    /**
     * {@return a reference}
     *
     * @param domain in which it is read
     * @param value what it has at first
     * @param <T> the values
     */
    public static <T extends AutoCloseable> RcuReference<T> of(Rcu domain, T value) {
        Objects.requireNonNull(domain, "domain: null (expected: a domain)");
        return new RcuReference<>(domain, checked(value));
    }

    private static <T> T checked(T value) {
        return Objects.requireNonNull(value, "value: null (expected: a value)");
    }

    /**
     * {@return what a function makes of the value, in a read section}
     *
     * @param function is given the value; it must not keep it
     * @param <R> what it returns
     * @throws IllegalStateException if the reference or its domain is closed
     */
    public <R> R read(Function<? super T, ? extends R> function) {
        try (Rcu.Section _ = domain.read()) {
            return function.apply(current());
        }
    }

    /**
     * {@return a read section with the value that it found, for try-with-resources}
     *
     * @throws IllegalStateException if the reference or its domain is closed
     */
    public Reading<T> read() {
        Rcu.Section section = domain.read();
        try {
            return new Reading<>(section, current());
        } catch (IllegalStateException closed) {
            section.close();
            throw closed;
        }
    }

    private T current() {
        T current = value.getAcquire();
        if (current == null) {
            throw new IllegalStateException("reference: closed (expected: open)");
        }
        return current;
    }

    /**
     * A read section with a value. It may be closed by another thread, but not by two at the same
     * time.
     *
     * @param <T> the value
     */
    public static final class Reading<T> implements AutoCloseable {
        private final Rcu.Section section;
        private final T value;

        private Reading(Rcu.Section section, T value) {
            this.section = section;
            this.value = value;
        }

        /**
         * {@return the value, which does not change until the section ends}
         *
         * @throws IllegalStateException if it has ended
         */
        public T get() {
            if (section.isEnded()) {
                throw new IllegalStateException("read section: ended (expected: not yet)");
            }
            return value;
        }

        /** Ends the section. Does nothing if it has ended. */
        @Override
        public void close() {
            section.close();
        }
    }

    /* ------------------------- Writers ------------------------- */

    /**
     * Replaces the value. The old one is closed after a grace period, by the helper of the domain,
     * which is told what that throws. Of values that several threads replace at the same time, each
     * is closed.
     *
     * <p>Where {@linkplain Rcu.Builder#maxPendingPerCpu too much} waits to be closed, the caller
     * waits for a grace period and closes the old value itself. So it must not be in a read
     * section.
     *
     * @param next the new value
     * @throws IllegalStateException if the reference is closed; then nothing is replaced
     */
    public void replace(T next) {
        T old = swap(checked(next));
        domain.callLaterOrWait(() -> close(old));
    }

    /**
     * Replaces the value, and waits until nobody reads the old one.
     *
     * @param next the new value
     * @return the old one, which is not closed: it is the caller's
     * @throws IllegalStateException if the reference is closed; then nothing is replaced. And as
     *     {@link Rcu#synchronize()}
     */
    public T exchange(T next) {
        T old = swap(checked(next));
        domain.synchronize();
        return old;
    }

    private T swap(T next) {
        while (true) {
            T old = current();
            if (value.compareAndSet(old, next)) {
                return old;
            }
        }
    }

    /**
     * Waits until nobody reads the value, and closes it. Does nothing if the reference is closed.
     *
     * @throws IllegalStateException if closing it throws a checked exception, which is the cause.
     *     And as {@link Rcu#synchronize()}
     */
    @Override
    public void close() {
        T last = value.getAndSet(null);
        if (last != null) {
            domain.synchronize();
            close(last);
        }
    }

    private static void close(AutoCloseable value) {
        try {
            value.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the value could not be closed", e);
        }
    }

    @Override
    public String toString() {
        return "RcuReference[" + value.get() + "]";
    }
}
