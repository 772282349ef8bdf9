// SPDX-License-Identifier: Apache-2.0

/// A rate limiter with a bucket of tokens on each CPU: an operation of one's own, in six lines.
///
///     ./jdk java --enable-native-access=ALL-UNNAMED -cp core/target/classes examples/TokenBucket.java

import dev.cpulocal.CpuMemory;
import dev.cpulocal.Op.Condition;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import java.lang.invoke.MethodHandles;
import java.util.stream.LongStream;

/// Takes n tokens from this CPU's bucket.
interface Take {
    long take(CpuMemory.Item bucket, long n);
}

void main() {
    Sequence takeTokens =
            Sequence.build(
                    "take-tokens",
                    s -> {
                        var bucket = s.item("bucket", 8);
                        var n = s.number("n");
                        var have = s.load(bucket.at(0));
                        s.leaveIf(have, Condition.BELOW, n);
                        s.commit(bucket.at(0), s.subtract(have, n));
                    });

    CpuMemory memory = CpuMemory.create();
    CpuMemory.Item bucket = memory.allocate(8);
    Take tokens = memory.bind(takeTokens, Take.class, MethodHandles.lookup());

    // Fills every CPU's bucket from here, while its CPU may be using it.
    memory.executeOnAll(Sequences.LOAD_ADD_STORE, bucket, 1_000);

    long taken = LongStream.range(0, 10_000).filter(_ -> Result.isCommitted(tokens.take(bucket, 1))).count();
    long left = LongStream.range(0, memory.ranges()).map(cpu -> memory.getOpaque(bucket, 0, (int) cpu)).sum();
    IO.println(taken + " taken, " + left + " left, " + memory.ranges() * 1_000 + " in all");
    IO.print(takeTokens.pseudoCode());
}
