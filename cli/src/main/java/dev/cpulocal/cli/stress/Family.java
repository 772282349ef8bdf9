// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.stress;

import dev.cpulocal.cli.stress.Outcome.Check;
import java.util.random.RandomGenerator;

/** Operations of one kind: what each worker does, and what must be equal at the end. */
interface Family {

    /** One worker's part. Used by one thread at a time. */
    interface Worker {
        /** Does one operation. */
        void step(RandomGenerator random);

        /** Gives back what the worker holds, before its thread ends. */
        default void end() {}
    }

    /** {@return the part of a new worker; all are made before any works} */
    Worker worker();

    /**
     * What is done meanwhile by a thread that manages all families.
     *
     * @param random for this thread alone
     */
    void manage(RandomGenerator random);

    /** {@return what is found when all threads have ended} */
    Check check();
}
