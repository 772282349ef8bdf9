// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import dev.cpulocal.lab.internal.machine.Instruction;

/**
 * Reads and writes operands. Writing 4 bytes of a register clears what is above, writing 1 or 2
 * leaves it.
 */
final class Parts {
    private final X86Instruction instruction;
    private final ThreadBuilder thread;

    Parts(X86Instruction instruction, ThreadBuilder thread) {
        this.instruction = instruction;
        this.thread = thread;
    }

    /** {@return as many bits of a number as the instruction works on} */
    Expr narrow(Expr value) {
        return ThreadBuilder.unsigned(value, instruction.bytes());
    }

    /** {@return what an operand holds} */
    Expr read(Operand operand) {
        return switch (operand) {
            case Operand.Immediate(long value) -> narrow(Expr.of(value));
            case Operand.Memory(Expr address) -> load(address);
            case Operand.Register register -> read(register);
        };
    }

    private Expr load(Expr address) {
        Expr.Local to = thread.temporary();
        load(to, address);
        return to;
    }

    private void load(Expr.Local to, Expr address) {
        thread.emit(
                new Instruction.Load(
                        to, thread.place(address, instruction.bytes()), Order.PLAIN, false));
    }

    private Expr read(Operand.Register register) {
        Expr whole = thread.read(register.name());
        Expr shifted =
                register.shift() == 0
                        ? whole
                        : whole.with(Operator.SHIFT_RIGHT, Expr.of(register.shift()));
        int bytes = Math.min(register.bytes(), instruction.bytes());
        return bytes == 8 || (bytes == 4 && !thread.isWide(register.name()))
                ? shifted
                : ThreadBuilder.unsigned(shifted, bytes);
    }

    /** Appends that an operand becomes a number, which has no more bits than the instruction. */
    void write(Operand operand, Expr value) {
        switch (operand) {
            case Operand.Immediate(long number) ->
                    throw instruction
                            .statement()
                            .malformed("$" + number + " (expected: something that can change)");
            case Operand.Memory(Expr address) ->
                    thread.emit(
                            new Instruction.Store(
                                    thread.place(address, instruction.bytes()),
                                    value,
                                    Order.PLAIN,
                                    null));
            case Operand.Register register -> write(register, value);
        }
    }

    private void write(Operand.Register register, Expr value) {
        if (isWhole(register)) {
            widen(register);
            thread.assign(register.name(), value);
            return;
        }
        int bytes = Math.min(register.bytes(), instruction.bytes());
        long bits = ((1L << (8 * bytes)) - 1) << register.shift();
        Expr others = thread.read(register.name()).and(~bits);
        thread.assign(
                register.name(),
                others.or(value.with(Operator.SHIFT_LEFT, Expr.of(register.shift()))));
    }

    private boolean isWhole(Operand.Register register) {
        return Math.min(register.bytes(), instruction.bytes()) >= 4;
    }

    private void widen(Operand.Register register) {
        if (register.bytes() == 8 && instruction.bytes() == 8) {
            thread.widen(register.name());
        }
    }

    /** {@return where an access puts what it reads, for a register} */
    Expr.Local destination(Operand.Register register) {
        if (!isWhole(register)) {
            return thread.temporary();
        }
        widen(register);
        return thread.write(register.name());
    }

    /** Appends what is left to do after {@link #destination}. */
    void finish(Operand.Register register, Expr.Local destination) {
        if (!isWhole(register)) {
            write(register, destination);
        }
    }

    /** Appends a move, of which a load puts its value where it belongs. */
    void move(Operand to, Operand from) {
        if (to instanceof Operand.Memory && from instanceof Operand.Memory) {
            throw instruction
                    .statement()
                    .malformed("no move goes from memory to memory (expected: a register)");
        }
        if (to instanceof Operand.Register register && from instanceof Operand.Memory(Expr at)) {
            Expr.Local destination = destination(register);
            load(destination, at);
            finish(register, destination);
        } else {
            write(to, read(from));
        }
    }
}
