// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;

/** A vector that stores to a page which it has pinned, while another thread forks. */
final class PinnedPage {

    /*
     * The process has one page table entry, and there are two pages. fork() makes the entry
     * read-only and shares the page with the child; the first who writes behind it gets a copy. The
     * other thread forks and then writes a different word of the page. The words are parts of a
     * page, so a copy takes both along.
     */

    /** What keeps page and address together. */
    enum Keep {
        /** mmap_lock is held until the vector has been executed. */
        LOCK,
        /** fork() copies a page that is pinned for the child. */
        COPY_AT_FORK,
        /** Nothing: the page is pinned, so it stays, wherever it is mapped. */
        PIN
    }

    /** A step that a model may say is never taken. */
    static final String FORKED = "the other thread writes to a copy";

    private static final long VALUE = 1;

    private final Keep keep;
    private final Never never;
    private final Variable entry;
    private final Variable readOnly;
    private final Variable word;
    private final Variable pinned;
    private final Variable mmapLock;

    PinnedPage(Model.Builder m, Keep keep, Never never) {
        this.keep = keep;
        this.never = never;
        entry = m.hardware("page of the address", 0);
        readOnly = m.hardware("read-only", 0);
        word = m.hardwares("word of page", 2, 0);
        pinned = m.hardware("page 0 is pinned", 0);
        mmapLock = m.hardware("mmap_lock", 0);
        m.task("caller", 0, c -> c.call("cpu_opv", () -> cpuOpv(c)));
        m.task("other thread", 1, this::other);
    }

    private void cpuOpv(Code c) {
        lock(c);
        c.as("if (the entry is read-only)").when(readOnly.get(), () -> copyOnWrite(c));
        var page = c.as("get_user_pages(FOLL_WRITE)").let("page", entry.get());
        c.as("the page is pinned").set(pinned.get(), page.not());
        if (keep != Keep.LOCK) {
            unlock(c);
        }
        c.as("memcpy: the word of the page").set(word.get(page), VALUE);
        c.as("put_page()").set(pinned.get(), 0);
        if (keep == Keep.LOCK) {
            unlock(c);
        }
        c.as("return 0; what is at the address");
        var found = c.let("found", word.get(entry.get()));
        c.check("what a vector has stored is at the address", found.eq(VALUE));
    }

    private void other(Code c) {
        lock(c);
        c.call("fork", () -> fork(c));
        unlock(c);
        lock(c);
        c.as("a store to another word: if (it faults)");
        c.when(
                readOnly.get(),
                () -> {
                    never.here(c, FORKED);
                    copyOnWrite(c);
                });
        unlock(c);
    }

    private void fork(Code c) {
        if (keep == Keep.COPY_AT_FORK) {
            c.as("if (page_maybe_dma_pinned(page)) copy it for the child");
            c.set(readOnly.get(), pinned.get().not());
        } else {
            c.as("share the page, read-only").set(readOnly.get(), 1);
        }
    }

    private void copyOnWrite(Code c) {
        c.call(
                "do_wp_page",
                () -> {
                    c.as("copy the page").set(word.get(1), word.get(0));
                    c.atomically(() -> {
                        c.as("set_pte_at()").set(entry.get(), 1);
                        c.set(readOnly.get(), 0);
                    });
                });
    }

    private void lock(Code c) {
        c.atomically(() -> {
            c.as("mmap_lock").await(mmapLock.get().not());
            c.set(mmapLock.get(), 1);
        });
    }

    private void unlock(Code c) {
        c.as("unlock it").set(mmapLock.get(), 0);
    }
}
