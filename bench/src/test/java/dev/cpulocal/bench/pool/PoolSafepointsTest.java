// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.bench.pool.PoolSafepoints.Collector;
import dev.cpulocal.bench.pool.PoolSafepoints.Load;
import dev.cpulocal.bench.pool.PoolSafepoints.Row;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PoolSafepointsTest {

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void safepointsOfEveryLoadAreFoundInTheLog() throws Exception {
        List<Row> rows = PoolSafepoints.measure(300);

        assertEquals(Load.values().length * Collector.values().length, rows.size());
        rows.forEach(row -> assertTrue(row.nanos().low() > 0, row::toString));
        assertTrue(PoolSafepoints.markdown(rows).contains("| ZGC | CpuPool | "));
    }

    @Test
    void whatIsLoggedBeforeTheBeginningDoesNotCount() {
        assertEquals(
                List.of(7L, 1234L),
                PoolSafepoints.reaching(
                        """
                        [s] Safepoint "A", Time since last: 1 ns, Reaching safepoint:   99 ns, At
                        begin
                        [s] Safepoint "B", Time since last: 1 ns, Reaching safepoint:    7 ns, At
                        [s] Safepoint "C", Time since last: 1 ns, Reaching safepoint: 1234 ns, At
                        """));
    }
}
