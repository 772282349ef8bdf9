// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson3;

import dev.cpulocal.jackson.tests.CpuRecyclerPoolContract;
import dev.cpulocal.jackson.tests.Jackson;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.json.JsonMapper;

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
    protected byte[] writeWithoutPool(Object tree) {
        return WITHOUT_POOL.writeValueAsBytes(tree);
    }
}
