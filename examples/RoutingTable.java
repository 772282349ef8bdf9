// SPDX-License-Identifier: Apache-2.0

/// A routing table off heap, read by 10,000 virtual threads while it is replaced every millisecond. The memory of each table
/// that was replaced goes back to the system as soon as nobody reads it.
///
///     ./jdk java --enable-native-access=ALL-UNNAMED -cp core/target/classes examples/RoutingTable.java

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.cpulocal.CpuCounter;
import dev.cpulocal.Rcu;
import dev.cpulocal.SegmentReclaimer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

static final int PREFIXES = 1 << 16;
static final Rcu ROUTES = Rcu.builder("routes").build();
static final SegmentReclaimer MEMORY = new SegmentReclaimer(ROUTES);
static final CpuCounter LOOKUPS = new CpuCounter();
static final CpuCounter WRONG = new CpuCounter();

/// The next hop of each prefix of 16 bits; here all are the table's version, so that a mixture would be seen.
static volatile MemorySegment table;
static volatile boolean over;

int nextHop(int address) {
    try (Rcu.Section _ = ROUTES.read()) {
        return table.getAtIndex(JAVA_INT, address >>> 16);
    }
}

Arena install(int version) {
    Arena arena = MEMORY.openArena();
    MemorySegment next = arena.allocate(JAVA_INT, PREFIXES);
    for (int prefix = 0; prefix < PREFIXES; prefix++) {
        next.setAtIndex(JAVA_INT, prefix, version);
    }
    table = next;
    return arena;
}

void look() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int last = 0; !over; LOOKUPS.increment()) {
        int hop = nextHop(random.nextInt());
        if (hop < last) {
            WRONG.increment();          // freed memory is zero, and no table is older than the last
        }
        last = hop;
        Thread.yield();                 // lets another virtual thread run, here or elsewhere
    }
}

void main() throws InterruptedException {
    int version = 1;
    Arena present = install(version);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 10_000; i++) {
            threads.submit(this::look);
        }
        for (; version < 2_000; version++) {
            Arena previous = present;
            present = install(version + 1);
            MEMORY.closeLater(previous);
            Thread.sleep(Duration.ofMillis(1));
        }
        over = true;
    }
    ROUTES.barrier();
    IO.println(LOOKUPS.sum() + " look-ups in " + version + " tables, " + WRONG.sum() + " wrong");
    IO.println(ROUTES.gracePeriods() + " grace periods; " + MEMORY.heldBytes() + " bytes held, "
            + MEMORY.mappedBytes() + " mapped");
}
