// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the checker found.
 *
 * @param model the name of the model
 * @param memoryModel under which it was checked
 * @param kind the verdict
 * @param broken the sentence of the property that is broken; else empty
 * @param trace the shortest way there; null unless violated
 * @param limit what ended the search, in a sentence; empty unless exhausted
 * @param finals for each final state, the values of what the model observes; sorted
 * @param windowHit whether a CPU wanted to hold back more than the window allows: then the verdict
 *     is one for that window only
 * @param addressLost whether an access, be it on a guess, went where nothing is: such an execution
 *     was not followed any further
 * @param statistics how much was searched
 */
public record Verdict(
        String model,
        MemoryModel memoryModel,
        Kind kind,
        String broken,
        @Nullable Trace trace,
        String limit,
        List<List<Long>> finals,
        boolean windowHit,
        boolean addressLost,
        Statistics statistics) {

    /** The three answers. */
    public enum Kind {
        /** Everything was searched, and every property holds. */
        HOLDS,
        /** A property is broken; there is a trace. */
        VIOLATED,
        /** The budget was used up first: nothing is proved. */
        EXHAUSTED
    }

    /**
     * How much was searched.
     *
     * @param states distinct states
     * @param transitions steps from them, those to states seen before included
     * @param depth the length of the longest shortest way to a state
     * @param nanos how long it took
     * @param bytes the most memory that states took, in the set and waiting
     * @param collisionProbability that two states were taken for one, at most, roughly
     */
    public record Statistics(
            long states,
            long transitions,
            int depth,
            long nanos,
            long bytes,
            double collisionProbability) {}

    /** {@return whether every property holds} */
    public boolean holds() {
        return kind == Kind.HOLDS;
    }

    /** {@return whether it was for want of memory that the search was given up} */
    public boolean isOutOfMemory() {
        return limit.startsWith("memory: ");
    }

    /**
     * A way from the first state to one where a property is broken.
     *
     * @param memoryModel the strongest of those asked for that permits it
     * @param initial what places and hardware hold at first, by name
     * @param steps the steps
     * @param loop from which step on it repeats for ever; -1 if it does not
     * @param cpus how many CPUs there are
     * @param broken the sentence of the property that is broken
     * @param condition the same as an expression; empty if it is one of a line, or a deadlock
     * @param shortest whether no way has fewer steps; else the search for such a one was too long
     */
    public record Trace(
            MemoryModel memoryModel,
            Map<String, Long> initial,
            List<Step> steps,
            int loop,
            int cpus,
            String broken,
            String condition,
            boolean shortest) {

        /**
         * {@return whether a step executes an access that might have waited, and the next one
         * performs it, with nothing else held back: then the two are shown as one}
         *
         * @param step the number of the first one
         */
        public boolean isAtOnce(int step) {
            if (step + 1 == steps.size() || step + 1 == loop) {
                return false;
            }
            Step issue = steps.get(step);
            Step perform = steps.get(step + 1);
            return issue.kind() == StepKind.ISSUE
                    && perform.kind() == StepKind.PERFORM
                    && issue.cpu() == perform.cpu()
                    && issue.held().size() == 1
                    && perform.held().isEmpty();
        }

        /**
         * {@return what is to be said of two steps that are shown as one}
         *
         * @param step the number of the first one
         */
        public String textAtOnce(int step) {
            String issued = steps.get(step).text();
            String performed = steps.get(step + 1).text();
            // Of a load, only the latter says what it reads.
            return performed.startsWith(issued) ? performed : issued;
        }

        /**
         * {@return the task that a CPU runs from some step on; empty if it does nothing any more}
         *
         * @param from the number of the step
         * @param cpu the CPU
         */
        public String nextTask(int from, int cpu) {
            return steps.stream()
                    .skip(from)
                    .filter(step -> step.cpu() == cpu)
                    .findFirst()
                    .map(Step::task)
                    .orElse("");
        }
    }

    /**
     * A step of a trace.
     *
     * @param cpu who does it
     * @param task the name of the task that the CPU runs
     * @param scope the functions it is in, outermost first
     * @param kind what sort of step
     * @param text what it does, as the model says it, with the values
     * @param line the number of the line in its task, to tell equal texts apart; -1 if none
     * @param changes what is different after it, by name
     * @param held what the CPU holds back after it, oldest first
     * @param access what it accesses in memory; null if nothing, or if it is not known yet. A store
     *     that is held back is there twice: when it is executed and when it is performed
     * @param cause of a handler that begins, or of a line that waits for hardware, the number of
     *     the step that made it possible, such as the sending of an interrupt; -1 if it was
     *     possible at first, and of all other steps
     * @param holds whether the condition that is broken in the end holds after it; null if there is
     *     none
     */
    public record Step(
            int cpu,
            String task,
            List<String> scope,
            StepKind kind,
            String text,
            int line,
            Map<String, Long> changes,
            List<String> held,
            @Nullable Access access,
            int cause,
            @Nullable Boolean holds) {}

    /**
     * An access of memory.
     *
     * @param place its name
     * @param read what it reads; null if it only writes
     * @param written what it writes; null if it only reads
     * @param executed the number of the step that executes it: this one, unless it was held back
     * @param from the number of the step that executed the store whose value it reads; -1 if that
     *     is what was there at first, or if it does not read
     */
    public record Access(
            String place, @Nullable Long read, @Nullable Long written, int executed, int from) {}

    /** The sorts of steps. */
    public enum StepKind {
        /** An instruction is executed; what it accesses is performed at once. */
        EXECUTE,
        /** An instruction is executed; its access is held back. */
        ISSUE,
        /** What was held back is performed. */
        PERFORM,
        /** A handler begins. */
        INTERRUPT,
        /** The CPU runs another task. */
        SWITCH
    }
}
