// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Membarrier;

/**
 * Registers membarrier for sequences on a thread of its own, beside the self-test: the kernel waits
 * for an RCU grace period, several milliseconds.
 */
final class FenceRegistration {

    private final Thread thread;
    private volatile String refusal = "";
    private volatile long nanos;

    private FenceRegistration() {
        thread = Thread.ofPlatform().daemon().name("cpulocal-membarrier").unstarted(this::register);
    }

    /** {@return a registration that is under way} */
    static FenceRegistration start() {
        FenceRegistration registration = new FenceRegistration();
        registration.thread.start();
        return registration;
    }

    private void register() {
        long began = System.nanoTime();
        try {
            Membarrier.register(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
        } catch (UnsupportedOperationException e) {
            refusal = String.valueOf(e.getMessage());
        }
        nanos = System.nanoTime() - began;
    }

    /** Waits for its end; {@return whether the kernel registered}. */
    boolean await() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return refusal.isEmpty();
    }

    /** {@return why the kernel did not register; empty if it did} */
    String refusal() {
        return refusal;
    }

    /** {@return how long it took} */
    long nanos() {
        return nanos;
    }
}
