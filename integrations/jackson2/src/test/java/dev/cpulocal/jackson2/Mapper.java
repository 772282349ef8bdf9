// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson2;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cpulocal.CpuPool;
import dev.cpulocal.jackson.tests.Jackson;
import java.io.IOException;
import java.io.InputStream;

/** Jackson 2. */
record Mapper(CpuRecyclerPool pool, JsonMapper mapper) implements Jackson<BufferRecycler> {

    Mapper(CpuRecyclerPool pool) {
        this(pool, mapper(pool));
    }

    static JsonMapper mapper(RecyclerPool<BufferRecycler> pool) {
        return JsonMapper.builder(JsonFactory.builder().recyclerPool(pool).build()).build();
    }

    @Override
    public BufferRecycler acquirePooled() {
        return pool.acquirePooled();
    }

    @Override
    public BufferRecycler acquireAndLinkPooled() {
        return pool.acquireAndLinkPooled();
    }

    @Override
    public void releasePooled(BufferRecycler recycler) {
        pool.releasePooled(recycler);
    }

    @Override
    public int pooledCount() {
        return pool.pooledCount();
    }

    @Override
    public boolean clear() {
        return pool.clear();
    }

    @Override
    public int trim() {
        return pool.trim();
    }

    @Override
    public int maxPerCpu() {
        return pool.maxPerCpu();
    }

    @Override
    public int maxTotal() {
        return pool.maxTotal();
    }

    @Override
    public CpuPool.Statistics statistics() {
        return pool.statistics();
    }

    @Override
    public BufferRecycler newRecycler() {
        return new BufferRecycler();
    }

    @Override
    public void releaseToPool(BufferRecycler recycler) {
        recycler.releaseToPool();
    }

    @Override
    public byte[] reuse(BufferRecycler recycler, byte[] buffer) {
        recycler.releaseByteBuffer(BufferRecycler.BYTE_WRITE_CONCAT_BUFFER, buffer);
        return recycler.allocByteBuffer(BufferRecycler.BYTE_WRITE_CONCAT_BUFFER);
    }

    @Override
    public char[] reuse(BufferRecycler recycler, char[] buffer) {
        recycler.releaseCharBuffer(BufferRecycler.CHAR_TEXT_BUFFER, buffer);
        return recycler.allocCharBuffer(BufferRecycler.CHAR_TEXT_BUFFER);
    }

    @Override
    public byte[] write(Object tree) throws IOException {
        return mapper.writeValueAsBytes(tree);
    }

    @Override
    public String writeString(Object tree) throws IOException {
        return mapper.writeValueAsString(tree);
    }

    @Override
    public Object read(InputStream json) throws IOException {
        return mapper.readValue(json, Object.class);
    }

    @Override
    public Object read(String json) throws IOException {
        return mapper.readValue(json, Object.class);
    }
}
