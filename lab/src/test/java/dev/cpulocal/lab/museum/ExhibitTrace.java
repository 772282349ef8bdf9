// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.TraceTable;
import dev.cpulocal.lab.Verdict;

/** What the checker shows of a variant of an entry. */
public final class ExhibitTrace {

    private ExhibitTrace() {}

    /** {@return its verdict} */
    public static Verdict verdict(Exhibit entry, String variant, MemoryModel memoryModel) {
        Variant found =
                entry.scenario().variants().stream()
                        .filter(one -> one.name().equals(variant))
                        .findFirst()
                        .orElseThrow();
        return Checker.of(memoryModel).check(found.model());
    }

    /** {@return its trace, as text} */
    public static String of(Exhibit entry, String variant, MemoryModel memoryModel) {
        return TraceTable.of(verdict(entry, variant, memoryModel));
    }

    /** Asserts that texts follow each other in a trace. */
    public static void assertInOrder(String trace, String... texts) {
        int from = 0;
        for (String text : texts) {
            int at = trace.indexOf(text, from);
            assertTrue(at >= 0, text + " behind character " + from + " of\n" + trace);
            from = at + text.length();
        }
    }
}
