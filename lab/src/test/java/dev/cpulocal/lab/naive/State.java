// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.naive;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All there is of a program at a moment. Whoever copies one may change the copy. */
public final class State {

    /** A store that a CPU holds back, or a barrier between such. */
    record Store(int location, long value) {

        static final Store BARRIER = new Store(-1, 0);
    }

    /** The line that each task is at. */
    final int[] at;

    /** The registers of each task. */
    final long[][] registers;

    /** For each task, the line at which each handler interrupted it; -1 if it does not run. */
    final int[][] interrupted;

    /** The task that each CPU runs. */
    final int[] running;

    /** What each CPU holds back, oldest first. */
    final List<List<Store>> held = new ArrayList<>();

    final long[] memory;
    final long[] hardware;

    /** The first one, before anything was executed. */
    State(Program program) {
        int tasks = program.tasks().size();
        at = new int[tasks];
        registers = new long[tasks][];
        interrupted = new int[tasks][program.handlers().size()];
        for (int task = 0; task < tasks; task++) {
            registers[task] = numbers(program.tasks().get(task).values());
            Arrays.fill(interrupted[task], -1);
        }
        running = program.initial().stream().mapToInt(Integer::intValue).toArray();
        program.initial().forEach(_ -> held.add(new ArrayList<>()));
        memory = values(program.memory());
        hardware = values(program.hardware());
    }

    private State(State of) {
        at = of.at.clone();
        registers = Arrays.stream(of.registers).map(long[]::clone).toArray(long[][]::new);
        interrupted = Arrays.stream(of.interrupted).map(int[]::clone).toArray(int[][]::new);
        running = of.running.clone();
        of.held.forEach(stores -> held.add(new ArrayList<>(stores)));
        memory = of.memory.clone();
        hardware = of.hardware.clone();
    }

    private static long[] values(List<Expr.Variable> variables) {
        return numbers(variables.stream().flatMap(one -> one.values().stream()).toList());
    }

    private static long[] numbers(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    State copy() {
        return new State(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof State that
                && Arrays.equals(at, that.at)
                && Arrays.deepEquals(registers, that.registers)
                && Arrays.deepEquals(interrupted, that.interrupted)
                && Arrays.equals(running, that.running)
                && held.equals(that.held)
                && Arrays.equals(memory, that.memory)
                && Arrays.equals(hardware, that.hardware);
    }

    @Override
    public int hashCode() {
        int hash = Arrays.hashCode(at);
        hash = 31 * hash + Arrays.deepHashCode(registers);
        hash = 31 * hash + Arrays.deepHashCode(interrupted);
        hash = 31 * hash + Arrays.hashCode(running);
        hash = 31 * hash + held.hashCode();
        hash = 31 * hash + Arrays.hashCode(memory);
        return 31 * hash + Arrays.hashCode(hardware);
    }
}
