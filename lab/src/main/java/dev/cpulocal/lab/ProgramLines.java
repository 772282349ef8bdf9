// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.ProgramText.Kind;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Branch;
import dev.cpulocal.lab.internal.machine.Instruction.Jump;
import dev.cpulocal.lab.internal.machine.Instruction.Line;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Writes instructions as people write programs: with functions and blocks instead of jumps. */
final class ProgramLines {

    /*
     * A branch whose text says the contrary of its condition begins a block, which ends at its target.
     * If the last instruction of the block is a jump forward, the other block goes from there to the
     * target of that jump. These jumps are not shown, nor are those that only end a step. All others
     * are: loops and gotos of the model.
     */

    /** Where a block ends, and what begins there. */
    private record Block(int end, int otherwise) {}

    private final List<Line> lines;
    private final int first;
    private final List<ProgramText.Line> written = new ArrayList<>();
    private final Deque<Block> blocks = new ArrayDeque<>();
    private List<String> scope = List.of();

    private ProgramLines(List<Line> lines, int first) {
        this.lines = lines;
        this.first = first;
    }

    /** {@return some lines of a task} */
    static List<ProgramText.Line> of(List<Line> lines, int from, int to) {
        ProgramLines text = new ProgramLines(lines, from);
        for (int number = from; number < to; number++) {
            text.write(number);
        }
        return List.copyOf(text.written);
    }

    /** {@return the number of the line after the handler that begins at a line} */
    static int end(Program.Task task, int entry) {
        return task.entries().stream()
                .filter(other -> other > entry)
                .mapToInt(Integer::intValue)
                .min()
                .orElse(task.lines().size());
    }

    private void write(int number) {
        endBlocks(number);
        Line line = lines.get(number);
        enter(line.scope());
        switch (line.instruction()) {
            case Instruction.End _, Instruction.Return _ -> {}
            case Jump jump -> writeJump(number, jump);
            case Branch branch when branch.inverted() && branch.target().position() > number ->
                    writeIf(number, branch);
            default -> add(number, line.text(), kind(line.instruction()));
        }
    }

    private void endBlocks(int number) {
        while (!blocks.isEmpty() && blocks.peek().end() == number) {
            int otherwise = blocks.pop().otherwise();
            if (otherwise > number) {
                add(-1, "else", Kind.OTHER);
                blocks.push(new Block(otherwise, -1));
            }
        }
    }

    private void writeIf(int number, Branch branch) {
        int end = branch.target().position();
        int otherwise =
                end - 1 > number
                                && lines.get(end - 1).instruction() instanceof Jump jump
                                && jump.target().position() >= end
                        ? jump.target().position()
                        : -1;
        add(number, lines.get(number).text(), Kind.OTHER);
        blocks.push(new Block(end, otherwise));
    }

    private void writeJump(int number, Jump jump) {
        int target = jump.target().position();
        boolean endsBlock = !blocks.isEmpty() && blocks.peek().otherwise() == target;
        if (target != number + 1 && !(endsBlock && blocks.element().end() == number + 1)) {
            add(number, lines.get(number).text(), Kind.OTHER);
        }
    }

    private void enter(List<String> newScope) {
        int depth = 0;
        while (depth < Math.min(scope.size(), newScope.size())
                && scope.get(depth).equals(newScope.get(depth))) {
            depth++;
        }
        for (; depth < newScope.size(); depth++) {
            scope = newScope.subList(0, depth);
            add(-1, newScope.get(depth) + ":", Kind.FUNCTION);
        }
        scope = newScope;
    }

    private void add(int number, String text, Kind kind) {
        boolean masked = number >= 0 && lines.get(number).masked() != 0;
        written.add(
                new ProgramText.Line(
                        number < 0 ? -1 : number - first,
                        scope.size() + blocks.size(),
                        text,
                        scope,
                        kind,
                        masked));
    }

    private static Kind kind(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Fence _, Instruction.TsoFence _, Instruction.ContextFence _ ->
                    Kind.BARRIER;
            case Instruction.Load _, Instruction.Store _, Instruction.Update _ -> Kind.ACCESS;
            default -> Kind.OTHER;
        };
    }
}
