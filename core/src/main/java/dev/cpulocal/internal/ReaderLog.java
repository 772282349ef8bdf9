// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Rcu;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Who is in a read section, since when, and from where: for those who look for a mistake. */
public final class ReaderLog {

    private record Entry(Thread thread, long token, long began, Throwable where) {}

    private final AtomicLong last = new AtomicLong();
    private final ConcurrentHashMap<Long, Entry> entries = new ConcurrentHashMap<>();

    /** Begins with nobody. */
    public ReaderLog() {}

    /** Notes that the caller is in a section; {@return the number of the section, from 1}. */
    public long begin(long token) {
        long number = last.incrementAndGet();
        Throwable where = new Throwable("a read section began here");
        entries.put(number, new Entry(Thread.currentThread(), token, System.nanoTime(), where));
        return number;
    }

    /** Notes the end of a section; {@return what it began with, or -1 if it has ended before}. */
    public long end(long number) {
        Entry entry = entries.remove(number);
        return entry == null ? -1 : entry.token;
    }

    /** {@return whether the caller began a section that has not ended} */
    public boolean isInside(Thread thread) {
        return entries.values().stream().anyMatch(entry -> entry.thread.equals(thread));
    }

    /** {@return all that have not ended, the longest first} */
    public List<Rcu.Reader> readers() {
        long now = System.nanoTime();
        return entries.values().stream()
                .map(entry ->
                        new Rcu.Reader(
                                entry.thread, Duration.ofNanos(now - entry.began), entry.where))
                .sorted(Comparator.comparing(Rcu.Reader::held).reversed())
                .toList();
    }
}
