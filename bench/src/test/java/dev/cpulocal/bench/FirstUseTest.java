// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FirstUseTest {

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theTimesOfAStartAreInTheOrderOfWhatHappened() throws Exception {
        FirstUse.Starts starts = FirstUse.measure(2);

        assertEquals(2, starts.counter().size());
        assertEquals(2, starts.adder().size());
        Stream.concat(starts.counter().stream(), starts.adder().stream())
                .forEach(start -> {
                    assertTrue(start.mainNanos() > 0, start::toString);
                    assertTrue(start.availabilityNanos() >= start.mainNanos(), start::toString);
                    assertTrue(
                            start.firstIncrementNanos() > start.availabilityNanos(),
                            start::toString);
                });
        starts.adder().forEach(start -> assertEquals(0, start.selfTestNanos()));
        assertTrue(FirstUse.markdown(starts).contains("| the first increment is done |"));
    }
}
