// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trace as it is drawn, and as the script of a page reads it: the names of the components are an
 * interface. Rows are numbered from 0, downwards.
 *
 * @param id what links name it by
 * @param title the variant and the memory model
 * @param broken the sentence that does not hold in the end
 * @param condition the same as an expression; empty if it is of a line
 * @param when when it must hold: {@code always}, {@code at the end}, {@code again and again};
 *     {@code here} if it is of a line
 * @param cpus how many CPUs there are
 * @param loop the row from which on it repeats for ever; -1 if it does not
 * @param background the tasks that need not come to an end
 * @param initial what places and hardware hold at first
 * @param rows from the first step to the last
 * @param bars what is held back
 * @param reads which load reads from where
 * @param signals which step lets a handler begin, or a line go on, on another CPU
 * @param cycle why no order one after the other explains it; empty if one does
 * @param order the same in a sentence
 */
record TimeLine(
        String id,
        String title,
        String broken,
        String condition,
        String when,
        int cpus,
        int loop,
        List<String> background,
        Map<String, Long> initial,
        List<Row> rows,
        List<Bar> bars,
        List<Read> reads,
        List<Signal> signals,
        List<Arrow> cycle,
        String order) {

    /** What a row is. */
    enum Kind {
        /** A step that takes effect at once. */
        STEP,
        /** A step whose access is held back. */
        HELD,
        /** What was held back is performed. */
        PERFORMED,
        /** A handler begins. */
        INTERRUPT,
        /** The CPU runs another task. */
        SWITCH,
        /** Where the CPU is: a function, or what it goes on with. */
        LABEL,
        /** What the other program has here, and this one lacks. */
        MISSING
    }

    /**
     * A row.
     *
     * @param kind what it is
     * @param number of the step, as the table of the trace has it; 0 if it is none
     * @param cpu whose lane it is in
     * @param task what the CPU runs
     * @param handlers that have interrupted it, the first one first
     * @param depth how far it is indented
     * @param text what is done
     * @param barrier whether it is one
     * @param changed whether the other program does not have this line
     * @param changes what is different after it
     * @param held what the CPU holds back after it
     * @param holds whether the condition holds after it; null if nobody asks
     */
    record Row(
            Kind kind,
            int number,
            int cpu,
            String task,
            List<String> handlers,
            int depth,
            String text,
            boolean barrier,
            boolean changed,
            Map<String, Long> changes,
            List<String> held,
            @Nullable Boolean holds) {}

    /**
     * An access that is held back.
     *
     * @param cpu by whom
     * @param store whether it is a store
     * @param text what it does
     * @param from the row in which it is executed
     * @param to the row in which it is performed; -1 if it never is
     */
    record Bar(int cpu, boolean store, String text, int from, int to) {}

    /**
     * A load that is performed.
     *
     * @param row where
     * @param from the row that performs the store it reads from, or executes it if it is read
     *     before that; -1 if it reads what was there at first
     * @param own whether that store is of the same CPU
     * @param unseen the row of a store of another CPU that is executed before and seen only
     *     afterwards; -1 if there is none
     * @param text that in a sentence or two
     */
    record Read(int row, int from, boolean own, int unseen, String text) {}

    /**
     * A step that has an effect elsewhere.
     *
     * @param from the row of the step
     * @param to the row that it makes possible
     */
    record Signal(int from, int to) {}

    /**
     * A part of the cycle.
     *
     * @param from the row of what comes before
     * @param to the row of what comes after it
     * @param kind why
     * @param turned whether the CPU has performed them the other way round
     * @param text that in a sentence, with what programs say in backquotes
     */
    record Arrow(int from, int to, String kind, boolean turned, String text) {}
}
