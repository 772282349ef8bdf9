// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.Verdict.Statistics;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The machine has the transition systems under x86-TSO that SPIN and TLC have of the texts in
 * {@code src/test/peers}: states, transitions and depth are theirs. Both count the first state as a
 * transition too, and TLC counts levels, which is one more than the depth.
 */
class StateCountsTest {

    /** What other tools say of a model. */
    record Known(Model model, long states, long transitions, int levels) {

        @Override
        public String toString() {
            return model.name();
        }
    }

    static Stream<Known> known() {
        return Stream.of(
                new Known(new StoreRing(4, 1, false).counted(), 1_154, 3_941, 13),
                new Known(new StoreRing(5, 1, false).counted(), 6_726, 28_706, 16),
                new Known(new StoreRing(3, 2, false).counted(), 5_129, 17_146, 19),
                new Known(new StoreRing(4, 2, false).counted(), 88_465, 394_285, 25),
                new Known(new StoreRing(6, 1, true).counted(), 9_008, 33_583, 19),
                new Known(new StoreRing(4, 2, true).counted(), 18_863, 57_557, 25),
                new Known(ticketLock(2, 2), 149, 285, 29),
                new Known(ticketLock(3, 2), 1_245, 3_463, 43),
                new Known(ticketLock(4, 1), 1_080, 3_601, 29),
                new Known(peterson(2, 2), 745, 1_729, 41),
                new Known(peterson(3, 1), 5_285, 16_414, 52),
                new Known(urcu(1, 2), 738, 1_680, 39),
                new Known(urcu(2, 2), 20_958, 72_370, 53));
    }

    private static Model ticketLock(int cpus, int rounds) {
        return new TicketLock(cpus, rounds, TicketLock.Variant.RIGHT).model();
    }

    private static Model peterson(int cpus, int rounds) {
        return new Peterson(cpus, rounds, Peterson.Variant.FENCED).model();
    }

    private static Model urcu(int readers, int updates) {
        return new Urcu(readers, updates, Urcu.Variant.COMPLETE).model();
    }

    @ParameterizedTest
    @MethodSource("known")
    void countsAreThoseOfOtherTools(Known known) {
        assertCounts(known, 1);
    }

    @ParameterizedTest
    @MethodSource("known")
    void countsAreTheSameWithTwoThreads(Known known) {
        assertCounts(known, 2);
    }

    private static void assertCounts(Known known, int threads) {
        Verdict verdict =
                Checker.of(MemoryModel.TSO).withThreads(threads).unreduced().check(known.model());

        assertTrue(verdict.holds(), verdict::toString);
        Statistics statistics = verdict.statistics();
        assertEquals(known.states(), statistics.states());
        assertEquals(known.transitions() - 1, statistics.transitions());
        assertEquals(known.levels() - 1, statistics.depth());
    }

    @ParameterizedTest
    @MethodSource("known")
    void reductionLeavesFinalStatesAndTakesFewerStates(Known known) {
        Checker checker = Checker.of(MemoryModel.TSO);
        Verdict all = checker.unreduced().check(known.model());

        Verdict reduced = checker.check(known.model());

        assertTrue(reduced.holds(), reduced::toString);
        assertEquals(all.finals(), reduced.finals());
        assertTrue(reduced.statistics().states() < all.statistics().states(), reduced::toString);
    }
}
