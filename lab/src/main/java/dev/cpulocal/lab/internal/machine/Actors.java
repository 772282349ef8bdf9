// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

/**
 * Who takes steps, numbered: the tasks, the buffers of CPUs in order, handlers on CPUs, and the
 * buffers once more, for stores that leave before older ones.
 */
public final class Actors {

    private final Program program;
    private final int tasks;
    private final int cpus;
    private final int handlers;

    Actors(Program program) {
        this.program = program;
        this.tasks = program.tasks().size();
        this.cpus = program.initial().size();
        this.handlers = program.handlers().size() * cpus;
    }

    /** {@return how many there are} */
    public int count() {
        return tasks + cpus + handlers + cpus;
    }

    /** {@return whether one that can go on does so some time: tasks, and buffers in order} */
    public boolean isSteady(int actor) {
        return actor < tasks + cpus;
    }

    /** {@return whether it is a handler} */
    public boolean isHandler(int actor) {
        return actor >= tasks + cpus && actor < tasks + cpus + handlers;
    }

    /** {@return whether it is a handler that comes some time if it can} */
    public boolean isCertain(int actor) {
        return isHandler(actor) && program.handlers().get((actor - tasks - cpus) / cpus).certain();
    }

    int buffer(int cpu) {
        return tasks + cpu;
    }

    int handler(int handler, int cpu) {
        return tasks + cpus + handler * cpus + cpu;
    }

    int overtaking(int cpu) {
        return tasks + cpus + handlers + cpu;
    }
}
