// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import java.util.ArrayList;
import java.util.List;

/** What a run of a sequence has read and written in its range so far. */
final class Effects {

    /*
     * What every proof shows
     * ----------------------
     * A call has the effect, and the answer, of running alone at the moment when it commits or
     * leaves. A ghost of the memory holds what calls would have made of it in that order. When a call
     * commits or leaves, in one step with that, all it has read is compared with the ghost, and what
     * it has written is written there.
     *
     * Sequences compute nothing but from what they read, so if that was right, so is the rest. What an
     * attempt that was abandoned has stored speculatively is never in the ghost: whoever reads it
     * later is found out, unless he had stored it himself.
     */

    /** A read or a write of a slot. */
    private record Effect(boolean write, Expr slot, Expr value) {}

    private final RangeMemory memory;
    private final List<Effect> effects = new ArrayList<>();

    Effects(RangeMemory memory) {
        this.memory = memory;
    }

    void read(Expr slot, Expr value) {
        effects.add(new Effect(false, slot, value));
    }

    void wrote(Expr slot, Expr value) {
        effects.add(new Effect(true, slot, value));
    }

    int count() {
        return effects.size();
    }

    /** Lines that compare the first effects with the ghost, and repeat them there. */
    void replay(Code c, int count) {
        for (Effect effect : effects.subList(0, count)) {
            Expr ghost = memory.ghost(effect.slot);
            if (effect.write) {
                c.as("as if alone: write").set(ghost, effect.value);
            } else {
                c.as("as if alone: read")
                        .check(
                                "what a call reads is what its range holds when it commits or"
                                        + " leaves",
                                ghost.eq(effect.value));
            }
        }
    }
}
