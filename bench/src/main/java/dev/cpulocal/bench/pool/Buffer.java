// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

/** What is pooled: a buffer, of which users write the first byte. */
class Buffer {

    private final byte[] bytes;

    /**
     * Makes a buffer that nobody uses.
     *
     * @param size in bytes
     */
    Buffer(int size) {
        bytes = new byte[size];
    }

    /**
     * Begins to use it.
     *
     * @throws IllegalStateException if somebody uses it: the pool gave it to two
     */
    final void take() {
        if (bytes[0] != 0) {
            throw new IllegalStateException("buffer: in use (expected: free)");
        }
        bytes[0] = 1;
    }

    /** Ends to use it. */
    final void give() {
        bytes[0] = 0;
    }
}
