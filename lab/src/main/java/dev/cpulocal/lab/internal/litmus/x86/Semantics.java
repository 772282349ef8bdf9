// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus.x86;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.litmus.ThreadBuilder;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import org.jspecify.annotations.Nullable;

/** What one instruction does. */
final class Semantics {

    /*
     * An instruction that reads and writes memory is one access with LOCK, and XCHG always is; else
     * it is a load and a store, and others can come between. LFENCE and SFENCE order nothing that
     * TSO does not; they are fences for the sake of weaker models.
     */

    private final X86Instruction instruction;
    private final ThreadBuilder thread;
    private final Parts parts;
    private final Flags flags;
    private final String accumulator;

    Semantics(X86Instruction instruction, ThreadBuilder thread, String accumulator) {
        this.instruction = instruction;
        this.thread = thread;
        this.parts = new Parts(instruction, thread);
        this.flags = new Flags(thread, instruction.bytes());
        this.accumulator = accumulator;
    }

    void translate() {
        checkLock();
        switch (instruction.name()) {
            case "NOP" -> {}
            case "MOV" -> move();
            case "XCHG" -> exchange();
            case "CMPXCHG" -> compareAndExchange();
            case "XADD", "ADD", "SUB", "AND", "OR", "XOR", "INC", "DEC" -> change();
            case "SHL" -> shift();
            case "CMP", "TEST" -> compare();
            case "CMOVC" -> moveIfCarry();
            case "SETNB" -> setIfNotCarry();
            case "MFENCE" -> fence(Instruction.READS | Instruction.WRITES, 3);
            case "LFENCE" -> fence(Instruction.READS, 3);
            case "SFENCE" -> fence(Instruction.WRITES, Instruction.WRITES);
            default -> control();
        }
    }

    private void checkLock() {
        boolean canLock =
                switch (instruction.name()) {
                    case "XCHG",
                            "CMPXCHG",
                            "XADD",
                            "ADD",
                            "SUB",
                            "AND",
                            "OR",
                            "XOR",
                            "INC",
                            "DEC" ->
                            instruction.operand(0) instanceof Operand.Memory
                                    || instruction.name().equals("XCHG");
                    default -> false;
                };
        if (instruction.locked() && !canLock) {
            throw instruction
                    .statement()
                    .malformed("LOCK has no meaning here (expected: a change of memory)");
        }
    }

    private Operand operand(int index, int count) {
        instruction.expectOperands(count);
        return instruction.operand(index);
    }

    private void fence(int before, int after) {
        instruction.expectOperands(0);
        thread.emit(new Instruction.Fence(before, after));
    }

    private void move() {
        parts.move(operand(0, 2), operand(1, 2));
    }

    private void moveIfCarry() {
        Expr.Label end = thread.freshLabel();
        thread.emit(new Instruction.Branch(flags.carry().not(), end));
        move();
        thread.place(end);
    }

    private void setIfNotCarry() {
        if (!(operand(0, 1) instanceof Operand.Register register)) {
            throw instruction.statement().refusal("SETNB is covered of registers only");
        }
        Operand.Register low = new Operand.Register(register.name(), 1, register.shift());
        parts.write(low, flags.carry().not());
    }

    private void exchange() {
        Operand left = operand(0, 2);
        Operand right = operand(1, 2);
        Operand.Memory place =
                left instanceof Operand.Memory memory
                        ? memory
                        : right instanceof Operand.Memory memory ? memory : null;
        if (place == null) {
            Expr.Local saved = thread.temporary();
            thread.emit(new Instruction.Assign(saved, parts.read(left)));
            parts.write(left, parts.read(right));
            parts.write(right, saved);
            return;
        }
        Operand other = left.equals(place) ? right : left;
        if (!(other instanceof Operand.Register register)) {
            throw instruction.statement().malformed("(expected: a register to exchange with)");
        }
        Expr.Local old = parts.destination(register);
        update(old, place, Change.ARITHMETIC, Operator.SECOND, Expr.of(0), parts.read(register));
        parts.finish(register, old);
    }

    private void update(
            Expr.@Nullable Local old,
            Operand.Memory at,
            Change change,
            Operator operator,
            Expr expected,
            Expr operand) {
        Address place = thread.place(at.address(), instruction.bytes());
        thread.emit(
                new Instruction.Update(
                        old, place, change, operator, expected, operand, Order.FULL));
    }

    private void change() {
        boolean single = instruction.name().equals("INC") || instruction.name().equals("DEC");
        Operand to = operand(0, single ? 1 : 2);
        Expr right = single ? Expr.of(1) : parts.read(instruction.operand(1));
        Operator operator = operator();
        if (instruction.locked() && to instanceof Operand.Memory place) {
            Expr.Local old = thread.temporary();
            Expr operand =
                    operator == Operator.SUBTRACT ? parts.narrow(Expr.of(0).minus(right)) : right;
            update(old, place, Change.ARITHMETIC, atomic(operator), Expr.of(0), operand);
            flags.set(operator, old, right, !single);
            returnOld(old);
            return;
        }
        Expr left = parts.read(to);
        Expr.Local result = thread.temporary();
        thread.emit(new Instruction.Assign(result, parts.narrow(left.with(operator, right))));
        flags.set(operator, left, right, !single);
        returnOld(left);
        parts.write(to, result);
    }

    private void returnOld(Expr old) {
        if (instruction.name().equals("XADD")) {
            parts.write(instruction.operand(1), old);
        }
    }

    private Operator operator() {
        return switch (instruction.name()) {
            case "ADD", "INC", "XADD" -> Operator.ADD;
            case "SUB", "DEC" -> Operator.SUBTRACT;
            case "AND" -> Operator.AND;
            case "OR" -> Operator.OR;
            default -> Operator.XOR;
        };
    }

    private Operator atomic(Operator operator) {
        if (operator != Operator.ADD && operator != Operator.SUBTRACT) {
            return operator;
        }
        return switch (instruction.bytes()) {
            case 8 -> Operator.ADD;
            case 4 -> Operator.ADD_UNSIGNED_INT;
            default ->
                    throw instruction
                            .statement()
                            .refusal("atomic sums are covered in 4 and 8 bytes only");
        };
    }

    private void compareAndExchange() {
        Operand to = operand(0, 2);
        if (!(to instanceof Operand.Memory)) {
            throw instruction.statement().refusal("CMPXCHG is covered of memory only");
        }
        Operand.Register expected = new Operand.Register(accumulator, instruction.bytes(), 0);
        Expr.Local old = thread.temporary();
        Expr.Label end = thread.freshLabel();
        if (instruction.locked() && to instanceof Operand.Memory place) {
            update(
                    old,
                    place,
                    Change.COMPARE_AND_EXCHANGE,
                    Operator.SECOND,
                    parts.read(expected),
                    parts.read(instruction.operand(1)));
        } else {
            Expr.Label failed = thread.freshLabel();
            thread.emit(new Instruction.Assign(old, parts.read(to)));
            thread.emit(new Instruction.Branch(old.ne(parts.read(expected)), failed));
            parts.write(to, parts.read(instruction.operand(1)));
            thread.place(failed);
        }
        flags.set(Operator.SUBTRACT, parts.read(expected), old, true);
        thread.emit(new Instruction.Branch(old.eq(parts.read(expected)), end));
        parts.write(expected, old);
        thread.place(end);
    }

    private void shift() {
        Operand to = operand(0, 2);
        if (!(to instanceof Operand.Register)
                || !(instruction.operand(1) instanceof Operand.Immediate(long amount))) {
            throw instruction.statement().refusal("shifts are covered of registers by numbers");
        }
        long bits = amount & (instruction.bytes() == 8 ? 63 : 31);
        flags.setShifted(parts.read(to), bits);
        parts.write(to, parts.narrow(parts.read(to).with(Operator.SHIFT_LEFT, Expr.of(bits))));
    }

    private void compare() {
        Expr left = parts.read(operand(0, 2));
        Expr right = parts.read(operand(1, 2));
        boolean test = instruction.name().equals("TEST");
        flags.set(test ? Operator.AND : Operator.SUBTRACT, left, right, true);
    }

    private void control() {
        String name = instruction.name();
        if (name.equals("JMP")) {
            thread.emit(new Instruction.Jump(thread.label(instruction.target())));
            return;
        }
        Expr condition = flags.condition(name);
        if (condition == null) {
            throw instruction.statement().refusal("this x86 instruction is not covered");
        }
        thread.emit(new Instruction.Branch(condition, thread.label(instruction.target())));
    }
}
