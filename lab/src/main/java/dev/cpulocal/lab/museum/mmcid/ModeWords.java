// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.mmcid;

import static dev.cpulocal.lab.museum.mmcid.MmCid.ONCPU;
import static dev.cpulocal.lab.museum.mmcid.MmCid.TRANSIT;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import java.util.Set;

/** What a context switch sees of the mode of an mm while a fork changes it, and nothing else. */
final class ModeWords {

    /*
     * The part of MmCid and CidWalk that is about the order of two stores and two loads, for memory
     * models under which the whole has too many states. The walk itself, the pool and the locks are
     * left out; that the context switch holds a lock orders nothing between its two loads.
     */

    private final Set<Change> changes;
    private final Never never;
    private final Variable mode;
    private final Variable transit;
    private final Variable walk;

    private ModeWords(Model.Builder m, Set<Change> changes, Never never) {
        this.changes = changes;
        this.never = never;
        mode = m.shared(twoWords() ? "percpu" : "mode", 0);
        transit = m.shared("transit", 0);
        walk = m.ghost("walk", 0);
    }

    /**
     * {@return the model}
     *
     * @param name what messages call it
     */
    static Model model(String name, Set<Change> changes, Never never) {
        return Model.build(
                name,
                m -> {
                    ModeWords words = new ModeWords(m, changes, never);
                    m.task("fork", 0, words::change);
                    m.task("context switch", 1, words::look);
                });
    }

    private boolean twoWords() {
        return changes.contains(Change.TWO_WORDS);
    }

    private void change(Code c) {
        c.as("the walk begins").set(walk.get(), 1);
        if (twoWords()) {
            c.as("WRITE_ONCE(mm->mm_cid.transit, TRANSIT)").store(transit, TRANSIT);
            storePercpu(c);
        } else {
            c.as("WRITE_ONCE(mm->mm_cid.mode, ONCPU | TRANSIT)").store(mode, ONCPU | TRANSIT);
        }
        c.as("smp_mb() /* behind the walk */").mb();
        c.as("the walk has ended").set(walk.get(), 0);
        if (twoWords()) {
            c.as("WRITE_ONCE(mm->mm_cid.transit, 0)").store(transit, 0);
        } else {
            c.as("WRITE_ONCE(mm->mm_cid.mode, ONCPU)").store(mode, ONCPU);
        }
    }

    private void storePercpu(Code c) {
        if (changes.contains(Change.RELEASE)) {
            c.as("smp_store_release(&mm->mm_cid.percpu, true)").storeRelease(mode, ONCPU);
        } else {
            c.as("WRITE_ONCE(mm->mm_cid.percpu, true)").store(mode, ONCPU);
        }
    }

    private void look(Code c) {
        var now = loadMode(c);
        c.as("if (it is per-CPU mode)");
        c.when(now.and(ONCPU), () -> takeCid(c, now));
    }

    private Local loadMode(Code c) {
        if (changes.contains(Change.ACQUIRE)) {
            return c.as("smp_load_acquire(&mm->mm_cid.percpu)").loadAcquire(mode);
        }
        return c.as(twoWords() ? "READ_ONCE(mm->mm_cid.percpu)" : "READ_ONCE(mm->mm_cid.mode)")
                .load(mode);
    }

    private void takeCid(Code c, Local now) {
        Expr marked = now.and(TRANSIT);
        if (twoWords()) {
            marked = c.as("cid |= READ_ONCE(mm->mm_cid.transit)").load(transit);
        }
        never.here(c, MmCid.MARKED);
        c.check(MmCid.IN_TRANSIT, walk.get().not().or(marked.isTrue()));
    }
}
