// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Line;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What threads of a test can ask of the kernel: our extension of the language. */
final class SystemCalls {

    /*
     * membarrier()   a full barrier, an interrupt for each other thread, and, when all have answered, a
     *                full barrier. The thread that is interrupted, between two of its instructions or
     *                after its last one, executes a full barrier and answers.
     * ipi_mb(n)      the same for thread n alone.
     *
     * That is membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) of threads that run all the time, each on a
     * CPU of its own (kernel/sched/membarrier.c: smp_mb(), smp_call_function_many(ipi_mb), smp_mb()).
     * The interrupt itself orders nothing, neither when it is sent nor when it comes.
     */

    private static final int ALL = Instruction.READS | Instruction.WRITES;
    private static final Pattern NUMBER = Pattern.compile("\\(\\s*(\\d+)\\s*\\)");

    private final int threads;
    private final Expr.Variable pending;
    private boolean used;

    SystemCalls(int threads) {
        this.threads = threads;
        this.pending = new Expr.Variable("ipi", 0, Collections.nCopies(threads, 0L), false);
    }

    /** {@return whether a cell is one of them} */
    static boolean isOne(Statement statement) {
        return statement.mnemonic().equals("MEMBARRIER") || statement.mnemonic().equals("IPI_MB");
    }

    /** Translates a cell. */
    void translate(Statement statement, int thread, ThreadBuilder builder) {
        used = true;
        List<Integer> others = new ArrayList<>();
        if (statement.mnemonic().equals("MEMBARRIER")) {
            if (!String.join("", statement.operands()).replace(" ", "").equals("()")) {
                throw statement.malformed("arguments (expected: membarrier())");
            }
            for (int other = 0; other < threads; other++) {
                if (other != thread) {
                    others.add(other);
                }
            }
        } else {
            others.add(target(statement, thread));
        }
        builder.emit(new Instruction.Fence(ALL, ALL));
        for (int other : others) {
            builder.emit(new Instruction.SetHardware(pendingOf(other), Expr.of(1)));
        }
        for (int other : others) {
            builder.emit(new Instruction.Await(pendingOf(other).eq(0)));
        }
        builder.emit(new Instruction.Fence(ALL, ALL));
    }

    private int target(Statement statement, int thread) {
        Matcher number = NUMBER.matcher(String.join(",", statement.operands()));
        int target = number.matches() ? Integer.parseInt(number.group(1)) : -1;
        if (target < 0 || target >= threads || target == thread) {
            throw statement.malformed(
                    "no other thread (expected: ipi_mb(n), 0 to " + (threads - 1) + ")");
        }
        return target;
    }

    private Expr.Hardware pendingOf(int thread) {
        return new Expr.Hardware(pending, Expr.of(thread));
    }

    /* ------------------------- The program around them ------------------------- */

    /** {@return the lines of a thread, with what an interrupt does at their end} */
    List<Line> withHandler(List<Line> lines, int thread) {
        if (!used) {
            return lines;
        }
        List<Line> all = new ArrayList<>();
        for (Line line : lines) {
            all.add(new Line(line.instruction(), line.text(), line.scope(), 0, line.joined()));
        }
        List<String> scope = List.of("ipi");
        all.add(new Line(new Instruction.Fence(ALL, ALL), "smp_mb()", scope, -1, false));
        all.add(
                new Line(
                        new Instruction.SetHardware(pendingOf(thread), Expr.of(0)),
                        "answer",
                        scope,
                        -1,
                        false));
        all.add(new Line(new Instruction.Return(0), "return", scope, -1, false));
        return all;
    }

    /** {@return where an interrupt begins in a thread of so many lines} */
    List<Integer> entries(int lines) {
        return used ? List.of(lines) : List.of();
    }

    List<Program.Handler> handlers() {
        if (!used) {
            return List.of();
        }
        List<Expr> guards = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            guards.add(pendingOf(thread));
        }
        return List.of(new Program.Handler("ipi", List.copyOf(guards), true));
    }

    List<Expr.Variable> hardware() {
        return used ? List.of(pending) : List.of();
    }
}
