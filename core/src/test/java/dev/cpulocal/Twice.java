// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Op.Condition.NOT_EQUAL;

import dev.cpulocal.Value.Temporary;
import dev.cpulocal.internal.Target.Injection;
import dev.cpulocal.internal.Uses;
import java.util.ArrayList;
import java.util.List;

/**
 * A sequence that loads everything a second time before it commits, and leaves if that differs: as
 * librseq does where {@code RSEQ_COMPARE_TWICE} is defined.
 *
 * @param sequence what it does
 * @param firstRepeated the number of the first comparison that is a second one
 */
record Twice(Sequence sequence, int firstRepeated) {

    private static final int FIRST_TEMPORARY = 1000;

    /** {@return a sequence with its loads and comparisons repeated} */
    static Twice of(Sequence sequence) {
        List<Op> ops = sequence.ops();
        Uses uses = new Uses(ops, sequence.result());
        List<Op> repeated = new ArrayList<>();
        int comparisons = 0;
        for (int i = 0; i < ops.size(); i++) {
            if (ops.get(i) instanceof Op.Load load) {
                Temporary again = new Temporary(FIRST_TEMPORARY + i);
                repeated.add(new Op.Load(again, load.from(), load.width()));
                // One that is only compared is not kept in a register.
                repeated.add(
                        uses.onlyCompared(load.result())
                                ? compare(again, (Op.Leave) ops.get(i + 1))
                                : new Op.Leave(again, NOT_EQUAL, load.result()));
            }
            comparisons += ops.get(i) instanceof Op.Leave ? 1 : 0;
        }
        List<Op> all = new ArrayList<>(ops);
        all.addAll(ops.size() - 1, repeated);
        Sequence twice =
                new Sequence(
                        sequence.name() + "_twice",
                        sequence.parameters(),
                        all,
                        sequence.result(),
                        sequence.stoppable());
        return new Twice(twice, comparisons);
    }

    private static Op.Leave compare(Temporary again, Op.Leave leave) {
        return new Op.Leave(again, leave.condition(), leave.right());
    }

    /** {@return whether a result says that a second look saw something else than the first} */
    boolean isTorn(long result) {
        return result == Injection.LOST_ATOMICITY
                || (Result.isUnequal(result) && Result.comparison(result) >= firstRepeated);
    }
}
