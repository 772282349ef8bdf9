// SPDX-License-Identifier: Apache-2.0

/// Tokens that every CPU keeps for itself, seen at one moment and moved between CPUs by operation vectors.
///
///     ./jdk java --enable-native-access=ALL-UNNAMED -cp core/target/classes examples/Rebalance.java

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.OperationVector;
import dev.cpulocal.OperationVectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

void main() {
    CpuMemory memory = CpuMemory.create();
    CpuMemory.Item bucket = memory.allocate(8);
    int first = 0;
    int last = memory.ranges() - 1;

    // Moves tokens from one CPU's bucket to another's, if the first still has what it was seen to have.
    OperationVector move =
            OperationVector.build(
                    "move-tokens",
                    v -> {
                        var tokens = v.item("bucket", 8);
                        var from = v.number("from");
                        var seen = v.number("seen");
                        var taken = v.number("taken");
                        var given = v.number("given");
                        v.compareEqual(tokens.at(0).on(from), seen);
                        v.add(tokens.at(0).on(from), taken);
                        v.add(tokens.at(0), given);
                    });

    memory.execute(first, OperationVectors.ADD, bucket, 1_000);
    long seen = memory.getOpaque(bucket, 0, first);
    long answer = memory.execute(last, move, bucket, first, seen, -400, 400);
    IO.println(answer == OperationVector.DONE ? "moved" : "comparison " + answer + " failed");
    IO.println("once more: comparison " + memory.execute(last, move, bucket, first, seen, -400, 400) + " fails");

    // Reads all CPUs at one moment, with one fence.
    try (Arena arena = Arena.ofConfined()) {
        MemorySegment found = arena.allocate(8L * memory.ranges());
        memory.executeOnAll(OperationVectors.READ, bucket, found);
        for (int cpu = 0; cpu <= last; cpu++) {
            IO.println("CPU " + cpu + ": " + found.getAtIndex(JAVA_LONG, cpu));
        }
    }
    IO.print(move.pseudoCode());
}
