// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import java.util.Objects;

/**
 * What lines read and write, now and in the future of their task: a bit for each place in memory
 * and each hardware variable. Beyond 62 of them several share a bit, which is safe: it only makes
 * more lines seem to touch the same.
 */
final class Footprints {

    /** Of where tasks are. */
    static final long CONTROL = 1L << 63;

    private static final int BITS = 63;

    private Footprints() {}

    static long location(int location) {
        return 1L << location % BITS;
    }

    private static long hardware(Program program, Expr.Variable variable) {
        long all = 0;
        for (int i = 0; i < variable.length(); i++) {
            all |= location(program.locations() + variable.first() + i);
        }
        return all;
    }

    private static long array(Expr.Variable variable) {
        long all = 0;
        for (int i = 0; i < variable.length(); i++) {
            all |= location(variable.first() + i);
        }
        return all;
    }

    /** Finds them all out. */
    static void find(Program program, Compiled[][] code) {
        for (int task = 0; task < code.length; task++) {
            for (Compiled line : code[task]) {
                present(program, line);
            }
            flow(code[task]);
            handlers(program, task, code[task]);
        }
    }

    private static void present(Program program, Compiled line) {
        for (Expr expr : Registers.expressions(line.line.instruction())) {
            line.reads |= reads(program, expr);
        }
        long place =
                line.location >= 0
                        ? location(line.location)
                        : line.array != null ? array(line.array) : ~CONTROL;
        switch (line.kind) {
            case LOAD -> line.reads |= place;
            case STORE -> line.writes |= place;
            case UPDATE -> {
                line.reads |= place;
                line.writes |= place;
            }
            case SET_HARDWARE ->
                    line.writes |= hardware(program, Objects.requireNonNull(line.hardware));
            default -> {}
        }
    }

    private static void flow(Compiled[] code) {
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int i = code.length - 1; i >= 0; i--) {
                Compiled line = code[i];
                long reads = line.reads;
                long writes = line.writes;
                for (int next : line.successors) {
                    reads |= code[next].futureReads;
                    writes |= code[next].futureWrites;
                }
                changed |= reads != line.futureReads || writes != line.futureWrites;
                line.futureReads = reads;
                line.futureWrites = writes;
            }
        }
    }

    /** A handler may come any time, and goes back to anywhere. */
    private static void handlers(Program program, int task, Compiled[] code) {
        long reads = 0;
        long writes = 0;
        boolean any = false;
        for (int handler = 0; handler < program.handlers().size(); handler++) {
            Expr guard = program.handlers().get(handler).guards().get(task);
            if (guard != null) {
                any = true;
                reads |= reads(program, guard);
            }
        }
        if (any) {
            for (Compiled line : code) {
                reads |= line.reads;
                writes |= line.writes;
            }
            for (Compiled line : code) {
                line.futureReads |= reads;
                line.futureWrites |= writes;
            }
        }
    }

    /** {@return what an expression reads} */
    static long reads(Program program, Expr expr) {
        return switch (expr) {
            case Expr.Hardware hardware ->
                    hardware(program, hardware.variable()) | reads(program, hardware.index());
            case Expr.Memory memory -> array(memory.variable()) | reads(program, memory.index());
            case Expr.Binary binary ->
                    reads(program, binary.left()) | reads(program, binary.right());
            case Expr.Running _, Expr.Ended _, Expr.LocalOf _ -> CONTROL;
            case Expr.Constant _, Expr.Local _, Expr.Cpu _, Expr.Self _, Expr.Interrupted _ -> 0;
        };
    }

    /**
     * {@return what can be told from outside: what properties that hold always read, and what lines
     * and guards do that know where other tasks are} A final state is one from which nothing can be
     * put off any more, so what is read there need not be among it, unless background tasks go on.
     */
    static long visible(Program program, Compiled[][] code) {
        boolean goesOn = program.tasks().stream().anyMatch(Program.Task::background);
        long seen = program.progress() == null ? 0 : reads(program, program.progress().condition());
        for (Program.Property property : program.properties()) {
            seen |= property.atEnd() && !goesOn ? 0 : reads(program, property.condition());
        }
        for (Expr expr : program.observed()) {
            seen |= goesOn ? reads(program, expr) : 0;
        }
        for (Compiled[] task : code) {
            for (Compiled line : task) {
                seen |= line.futureReads & CONTROL;
            }
        }
        return seen;
    }
}
