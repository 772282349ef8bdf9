// SPDX-License-Identifier: Apache-2.0

/// Counts in a million virtual threads, without one atomic instruction.
///
///     ./jdk java --enable-native-access=ALL-UNNAMED -cp core/target/classes examples/HitCounter.java

import dev.cpulocal.CpuCounter;
import dev.cpulocal.Rseq;
import java.util.concurrent.Executors;

void main() {
    CpuCounter hits = new CpuCounter();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 1_000_000; i++) {
            threads.execute(hits::increment);
        }
    }
    IO.println(hits + " hits, counted with " + Rseq.availability());
}
