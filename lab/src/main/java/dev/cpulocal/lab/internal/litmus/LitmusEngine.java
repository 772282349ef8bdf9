// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/** Finds the final states of tests of some architectures. Safe for use by several threads. */
@FunctionalInterface
public interface LitmusEngine {

    /**
     * Runs a test.
     *
     * @param source the test
     * @param options how
     * @return what came out
     * @throws Malformed if it is no test
     * @throws Refusal if it is outside the fragment that is covered
     */
    LitmusResult run(LitmusSource source, LitmusOptions options);
}
