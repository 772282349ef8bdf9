// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

/**
 * What one would write without knowing better: read, compute, write. The checks must find it out,
 * or they would find nothing else either.
 *
 * <p>All but the counters are per CPU, as the real ones are, so that they lose only if somebody is
 * interrupted in the middle: which shows that the disturbances reach the middle of an operation.
 */
final class BrokenSubject implements Subject {

    @Override
    public Family family(FamilyName name) {
        return switch (name) {
            case COUNTERS -> new Sums(name, BrokenSums.shared());
            case RESETS -> new Sums(name, BrokenSums.resets());
            case TICKETS, INCREMENT -> new Sums(name, BrokenSums.perCpu());
            case SPINLOCK -> new Sums(name, BrokenSums.spinlock());
            case MEMBARRIER -> new Sums(name, BrokenSums.activeWords());
            case LIST -> new Shuffle(name, BrokenThings.list());
            case BUFFER, BUFFER_RELEASE -> new Shuffle(name, BrokenThings.stack(1));
            case MEMCPY, MEMCPY_RELEASE -> new Shuffle(name, BrokenThings.stack(2));
            case POOL -> pool(name);
            case RCU -> new Ages(name, new Impatient());
        };
    }

    /** Waits for nobody. */
    private static final class Impatient implements Ages.Domain {
        @Override
        public long begin() {
            return 0;
        }

        @Override
        public void end(long token) {}

        @Override
        public void synchronize() {}
    }

    private static Family pool(FamilyName name) {
        Ledger ledger = new Ledger();
        return new Lending<>(name, new BrokenPool(ledger), ledger);
    }
}
