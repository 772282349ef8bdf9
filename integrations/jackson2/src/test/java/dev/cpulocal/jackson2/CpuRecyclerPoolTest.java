// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson2;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cpulocal.jackson.tests.CpuRecyclerPoolContract;
import dev.cpulocal.jackson.tests.Jackson;
import java.io.IOException;

class CpuRecyclerPoolTest extends CpuRecyclerPoolContract<BufferRecycler> {

    private static final JsonMapper WITHOUT_POOL =
            Mapper.mapper(JsonRecyclerPools.nonRecyclingPool());

    @Override
    protected Jackson<BufferRecycler> shared() {
        return new Mapper(CpuRecyclerPool.shared());
    }

    @Override
    protected Jackson<BufferRecycler> create() {
        return new Mapper(CpuRecyclerPool.create());
    }

    @Override
    protected Jackson<BufferRecycler> create(int maxPerCpu, int maxTotal) {
        return new Mapper(CpuRecyclerPool.create(maxPerCpu, maxTotal));
    }

    @Override
    protected Jackson<BufferRecycler> with(Object pool) {
        return new Mapper((CpuRecyclerPool) pool);
    }

    @Override
    protected byte[] writeWithoutPool(Object tree) throws IOException {
        return WITHOUT_POOL.writeValueAsBytes(tree);
    }
}
