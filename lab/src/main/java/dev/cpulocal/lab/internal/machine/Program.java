// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is to be explored: tasks, CPUs, memory, hardware, and what must hold.
 *
 * @param name what messages call it
 * @param tasks the tasks
 * @param initial the task that each CPU runs at first
 * @param memory the arrays and places in memory, in the order of their locations
 * @param addresses the address of each location, for computed addresses, ascending; may be empty
 * @param hardware the hardware state and ghosts, in the order of their numbers
 * @param handlers what can interrupt tasks
 * @param properties what holds in every state, or in every last one
 * @param observed the expressions that tell final states apart; empty if nobody asks
 * @param progress what must happen again and again under fairness, or null
 * @param window how many events a CPU can hold back, at most
 */
public record Program(
        String name,
        List<Task> tasks,
        List<Integer> initial,
        List<Expr.Variable> memory,
        List<Long> addresses,
        List<Expr.Variable> hardware,
        List<Handler> handlers,
        List<Property> properties,
        List<Expr> observed,
        @Nullable Property progress,
        int window) {

    /**
     * A task: of the kernel or user space, an idle loop, a thread of a litmus test.
     *
     * @param name its name
     * @param lines its program; the last instruction is an {@link Instruction.End} or a jump back
     * @param registers the names of its registers
     * @param values what they hold at first
     * @param entries where the handlers begin in its program, by number; -1 if they cannot
     * @param background whether the whole may end while it still waits
     */
    public record Task(
            String name,
            List<Instruction.Line> lines,
            List<String> registers,
            List<Long> values,
            List<Integer> entries,
            boolean background) {}

    /**
     * An interrupt, signal, or whatever else begins between two instructions of a task. Its code is
     * part of each task's program.
     *
     * @param name its name
     * @param guards when it can begin on a task that runs: an expression of hardware state, for
     *     each task, or null if never
     * @param certain whether it begins some time if it can again and again; else it may
     */
    public record Handler(String name, List<@Nullable Expr> guards, boolean certain) {}

    /**
     * What must hold.
     *
     * @param name what it means, as a sentence
     * @param condition the condition
     * @param atEnd whether only in states where nothing more can happen
     */
    public record Property(String name, Expr condition, boolean atEnd) {}

    /** Something was accessed at an address where nothing is. */
    public static final class Astray extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Astray(long address) {
            super("address: " + address + " (expected: one of a place in memory)");
        }
    }

    /** {@return how many places memory has} */
    public int locations() {
        return memory.stream().mapToInt(Expr.Variable::length).sum();
    }

    /** {@return the variable that a location belongs to} */
    public Expr.Variable variable(int location) {
        for (Expr.Variable variable : memory) {
            if (location < variable.first() + variable.length()) {
                return variable;
            }
        }
        throw new IllegalArgumentException("location: " + location + " (expected: one of memory)");
    }

    /** {@return the location that has an address; -1 if none has} */
    public int findLocation(long address) {
        return Math.max(-1, Collections.binarySearch(addresses, address));
    }

    /**
     * {@return the location that has an address}
     *
     * @throws Astray if none has
     */
    public int locationAt(long address) {
        int location = findLocation(address);
        if (location < 0) {
            throw new Astray(address);
        }
        return location;
    }

    /** {@return what traces call a location} */
    public String locationName(int location) {
        Expr.Variable variable = variable(location);
        return variable.describe(Expr.of(location - variable.first()));
    }

    /** The verdict depends on what a CPU may reorder, so a program says nothing of it. */
    public Program withWindow(int newWindow) {
        return new Program(
                name,
                tasks,
                initial,
                memory,
                addresses,
                hardware,
                handlers,
                properties,
                observed,
                progress,
                newWindow);
    }

    /** {@return a name for it under a model} */
    public String title(MemoryModel model) {
        return name + " under " + model.title();
    }
}
