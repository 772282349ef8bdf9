// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.List;
import java.util.Set;

/**
 * What is asked about the executions of a test.
 *
 * @param file the file, for errors
 * @param initial what places hold at first, by number
 * @param observed the places that the test looks at in the end
 * @param axioms what executions must fulfil
 * @param effort what the search may take
 */
record Inquiry(
        String file,
        List<Long> initial,
        List<Integer> observed,
        Set<Axiom> axioms,
        Effort effort) {}
