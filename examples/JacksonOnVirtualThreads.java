// SPDX-License-Identifier: Apache-2.0

/// Reads and writes JSON in 10,000 virtual threads, with a few buffers for each CPU. After "./jdk mvn verify":
///
///     ./jdk java --enable-native-access=ALL-UNNAMED -cp integrations/jackson2/target/classes:cli/target/cpulocal.jar \
///         examples/JacksonOnVirtualThreads.java
///
/// cpulocal.jar has Jackson 2 in it. For Jackson 3, change the imports: docs/jackson.md.

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cpulocal.jackson2.CpuRecyclerPool;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

record Order(int number, String article, double price) {}

void main() throws IOException {
    CpuRecyclerPool pool = CpuRecyclerPool.shared();
    JsonMapper mapper = JsonMapper.builder(JsonFactory.builder().recyclerPool(pool).build()).build();

    // Else thousands wait, with buffers in hand, until the first has taught the mapper the class.
    mapper.readValue(mapper.writeValueAsBytes(new Order(0, "", 0)), Order.class);

    LongAdder right = new LongAdder();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 10_000; i++) {
            Order order = new Order(i, "article " + i % 100, i / 100.0);
            threads.submit(() -> {
                byte[] json = mapper.writeValueAsBytes(order);
                if (mapper.readValue(json, Order.class).equals(order)) {
                    right.increment();
                }
                return json;
            });
        }
    }
    var statistics = pool.statistics();
    IO.println(right + " orders written and read, with " + statistics.made() + " sets of buffers");
    IO.println(statistics.hits() + " of " + (statistics.hits() + statistics.misses()) + " were found on the CPU");
}
