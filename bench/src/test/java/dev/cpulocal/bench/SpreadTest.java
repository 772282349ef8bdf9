// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertEquals(new Spread(2, 1, 9), Spread.of(List.of(9, 1, 2)));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertEquals(new Spread(2.5, 1, 9), Spread.of(List.of(9.0, 1.0, 2.0, 3.0)));
    }

    @Test
    void oneSampleIsItsOwnSpread() {
        assertEquals(new Spread(7, 7, 7), Spread.of(List.of(7L)));
    }

    @Test
    void noSampleHasNoSpread() {
        assertThrows(IllegalArgumentException.class, () -> Spread.of(List.of()));
    }
}
