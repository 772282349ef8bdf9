// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.MemoryModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a test.
 *
 * @param source the test
 * @param memoryModel the model it was run under; null for C under the kernel's
 * @param states its final states; all of them only if the search is complete
 * @param flags what else is to be said of it, in herd's words
 * @param limit what ended the search before its end, in a sentence; empty if it is complete
 * @param explored how many states were looked at to find the final ones
 * @param nanos how long it took
 */
public record LitmusResult(
        LitmusSource source,
        @Nullable MemoryModel memoryModel,
        StateSet states,
        List<String> flags,
        String limit,
        long explored,
        long nanos) {

    /**
     * The flag of a test some execution of which, be it on a guess, accesses memory where no place
     * of the test is. Such an execution ends there, and adds no final state.
     */
    public static final String OUTSIDE_MEMORY = "access-outside-memory";

    /** {@return whether all final states were found} */
    public boolean isComplete() {
        return limit.isEmpty();
    }

    /** {@return whether what the test asks for holds; never if the search is not complete} */
    public boolean holds() {
        return isComplete() && states.holds();
    }

    /** {@return the answer as herd prints it} */
    public String herdOutput() {
        return HerdOutput.of(source.name(), states, flags);
    }
}
