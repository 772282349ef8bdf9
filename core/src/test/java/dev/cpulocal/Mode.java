// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.internal.Engine;

/** The ways in which operations are executed; every contract holds in each. */
enum Mode {
    /** Machine code, by CPU. */
    CPU_ID(IndexMode.CPU_ID, Threads.ALL),
    /** Machine code, by concurrency id. */
    CONCURRENCY_ID(IndexMode.CONCURRENCY_ID, Threads.ALL),
    /** Machine code, while somebody keeps stopping ranges and aborting sections. */
    STOPPED(IndexMode.CPU_ID, Threads.ALL),
    /** No machine code. */
    OFF(IndexMode.CPU_ID, Threads.NONE),
    /** No machine code, where there is no CPU to ask for either. */
    OFF_BY_CONCURRENCY_ID(IndexMode.CONCURRENCY_ID, Threads.NONE),
    /** Machine code on some threads. */
    RANDOM(IndexMode.CPU_ID, Threads.SOME),
    /** The same, by concurrency id. */
    RANDOM_BY_CONCURRENCY_ID(IndexMode.CONCURRENCY_ID, Threads.SOME);

    private final IndexMode index;
    private final Threads threads;

    Mode(IndexMode index, Threads threads) {
        this.index = index;
        this.threads = threads;
    }

    /** {@return the engine of this mode, which is really that and no fallback} */
    Engine engine() {
        assertTrue(Rseq.availability().isAvailable(), () -> Rseq.availability().reason());
        assertTrue(Rseq.concurrencyId().isAvailable(), () -> Rseq.concurrencyId().reason());
        return Engine.of(index, threads);
    }
}
