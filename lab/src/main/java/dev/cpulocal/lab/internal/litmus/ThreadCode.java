// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * A thread of a test as the machine runs it.
 *
 * @param lines its steps
 * @param registers its registers
 * @param values what they hold at first
 * @param handler at which step an interrupt begins; -1 if none comes
 */
public record ThreadCode(
        List<Instruction.Line> lines, List<String> registers, List<Long> values, int handler) {

    /**
     * {@return the program of a test}
     *
     * @param name the name of the test
     * @param threads its threads
     * @param cells its memory
     * @param systemCalls the kernel under it
     * @param observed what tells final states apart
     */
    public static Program program(
            String name,
            List<ThreadCode> threads,
            Cells cells,
            SystemCalls systemCalls,
            List<Expr> observed) {
        List<Program.Task> tasks = new ArrayList<>();
        for (ThreadCode thread : threads) {
            tasks.add(thread.task("P" + tasks.size()));
        }
        int window = threads.stream().mapToInt(ThreadCode::window).sum();
        int most = threads.stream().mapToInt(ThreadCode::window).max().orElse(0);
        boolean alone = systemCalls.running().size() == threads.size();
        return new Program(
                name,
                tasks,
                systemCalls.running(),
                cells.memory(),
                cells.addresses(),
                systemCalls.hardware(),
                systemCalls.handlers(),
                List.of(),
                observed,
                null,
                Math.max(1, alone ? most : window));
    }

    private Program.Task task(String name) {
        List<Integer> entries = handler < 0 ? List.of() : List.of(handler);
        return new Program.Task(name, lines, registers, values, entries, false);
    }

    /** Enough to hold back whatever it does: nothing is bounded. */
    private int window() {
        return lines.stream().mapToInt(line -> room(line.instruction())).sum();
    }

    /** A release takes a mark along, where stores leave a buffer in any order. */
    private static int room(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Store store -> store.order().releases() ? 2 : 1;
            case Instruction.Load _, Instruction.Update _ -> 1;
            case Instruction.Fence _, Instruction.TsoFence _, Instruction.ContextFence _ -> 1;
            case Instruction.Assign _, Instruction.Select _, Instruction.Branch _ -> 1;
            default -> 0;
        };
    }
}
