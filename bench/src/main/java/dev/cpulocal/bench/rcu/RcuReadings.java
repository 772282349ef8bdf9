// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.rcu;

import dev.cpulocal.Rcu;
import dev.cpulocal.RcuReference;

/** Reading by {@link Rcu}, as one would write it. */
final class RcuReadings {

    private static final Rcu DOMAIN = Rcu.builder("benchmark").build();

    private RcuReadings() {}

    static final class Token implements Reading {
        private volatile long value = 1;

        @Override
        public long read() {
            long token = DOMAIN.readLock();
            try {
                return value;
            } finally {
                DOMAIN.readUnlock(token);
            }
        }
    }

    static final class Section implements Reading {
        private volatile long value = 1;

        @Override
        public long read() {
            try (Rcu.Section _ = DOMAIN.read()) {
                return value;
            }
        }
    }

    static final class Reference implements Reading {

        private record Value(long number) implements AutoCloseable {
            @Override
            public void close() {}
        }

        private final RcuReference<Value> reference = RcuReference.of(DOMAIN, new Value(1));

        @Override
        public long read() {
            return reference.<Long>read(Value::number);
        }
    }
}
