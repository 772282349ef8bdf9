// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.CpuPool;
import dev.cpulocal.bench.pool.PoolGrowth.Growth;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PoolGrowthTest {

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void boundedPoolsStayWithinTheirBounds() throws Exception {
        List<Growth> all = PoolGrowth.measure(50, 3, Duration.ofMillis(100));

        int bound = CpuPool.builder(Object::new).build().maxTotal();
        for (Growth growth : all) {
            assertEquals(3, growth.samples().size());
            int most =
                    switch (growth.subject()) {
                        case CPU_POOL -> bound;
                        case JACKSON_BOUNDED -> 100;
                        case JCTOOLS, COMMONS_POOL2 -> PoolSubject.CAPACITY;
                        default -> Integer.MAX_VALUE;
                    };
            assertTrue(growth.most() <= most, growth::toString);
        }
        assertTrue(
                all.stream().anyMatch(growth -> growth.subject() == PoolSubject.JACKSON_LOCK_FREE),
                all::toString);
        assertTrue(all.stream().anyMatch(growth -> growth.most() > 0), all::toString);
        assertTrue(
                PoolGrowth.markdown(List.of(new Growth(PoolSubject.CPU_POOL, List.of(3, 9, 5))))
                        .endsWith("| CpuPool | 9 | 3 | 5 |\n"));
    }
}
