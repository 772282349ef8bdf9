// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.machine;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.internal.machine.Compiled.Kind;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of an instruction, under one name each. What it does not have is empty. */
record Operands(
        Kind kind,
        @Nullable Local to,
        Expr value,
        Expr expected,
        Address address,
        Order order,
        Change change,
        Operator operator,
        boolean exclusive,
        int before,
        int after,
        @Nullable Label target,
        int handler,
        int count,
        Expr.@Nullable Variable hardware) {

    private static final Expr NONE = Expr.of(0);
    private static final Address NOWHERE = new Address.Direct(-1);

    static Operands of(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Load load ->
                    access(Kind.LOAD, load.to(), NONE, load.from(), load.order(), load.exclusive());
            case Instruction.Store store ->
                    access(
                            Kind.STORE,
                            store.status(),
                            store.value(),
                            store.to(),
                            store.order(),
                            store.status() != null);
            case Instruction.Update update ->
                    new Operands(
                            Kind.UPDATE,
                            update.old(),
                            update.operand(),
                            update.expected(),
                            update.place(),
                            update.order(),
                            update.change(),
                            update.operator(),
                            false,
                            0,
                            0,
                            null,
                            -1,
                            0,
                            null);
            case Instruction.Fence fence -> fence(Kind.FENCE, fence.before(), fence.after());
            case Instruction.TsoFence _ -> fence(Kind.TSO_FENCE, 0, 0);
            case Instruction.ContextFence _ -> fence(Kind.CONTEXT_FENCE, 0, 0);
            case Instruction.Assign assign ->
                    simple(
                            Registers.isOfRegisters(assign.value())
                                    ? Kind.COMPUTE
                                    : Kind.READ_HARDWARE,
                            assign.to(),
                            assign.value());
            case Instruction.Select select -> simple(Kind.SELECT, select.to(), select.value());
            case Instruction.SetHardware set -> hardware(set);
            case Instruction.Branch branch ->
                    jump(Kind.BRANCH, branch.condition(), branch.target(), -1);
            case Instruction.Jump jump -> jump(Kind.JUMP, NONE, jump.target(), -1);
            case Instruction.Await await -> simple(Kind.AWAIT, null, await.condition());
            case Instruction.Choose choose -> choose(choose);
            case Instruction.Switch to -> simple(Kind.SWITCH, null, to.task());
            case Instruction.Check check ->
                    simple(
                            Registers.isOfRegisters(check.condition())
                                    ? Kind.CHECK
                                    : Kind.CHECK_HARDWARE,
                            null,
                            check.condition());
            case Instruction.Return end -> jump(Kind.RETURN, NONE, null, end.handler());
            case Instruction.SetReturn set ->
                    jump(Kind.SET_RETURN, NONE, set.target(), set.handler());
            case Instruction.End _ -> simple(Kind.END, null, NONE);
        };
    }

    /** {@return the register that it gives a value; -1 if none} */
    int register() {
        return to == null ? -1 : to.index();
    }

    /**
     * {@return the number of the line that it jumps to or makes a handler return to; -1 if none}
     */
    int targetNumber() {
        return target == null ? -1 : target.position();
    }

    /** {@return whether it is done with the line before it, not as a step of its own} */
    boolean isLocal() {
        return switch (kind) {
            case COMPUTE, SELECT, BRANCH, JUMP, CHECK -> true;
            default -> false;
        };
    }

    /** {@return the numbers of the lines after it in its task, if it is a line with a number} */
    List<Integer> successors(int number) {
        return switch (kind) {
            case END, RETURN -> List.of();
            case JUMP -> List.of(targetNumber());
            case BRANCH -> List.of(number + 1, targetNumber());
            default -> List.of(number + 1);
        };
    }

    private static Operands access(
            Kind kind,
            @Nullable Local to,
            Expr value,
            Address address,
            Order order,
            boolean exclusive) {
        return new Operands(
                kind,
                to,
                value,
                NONE,
                address,
                order,
                Change.ARITHMETIC,
                Operator.SECOND,
                exclusive,
                0,
                0,
                null,
                -1,
                0,
                null);
    }

    private static Operands simple(Kind kind, @Nullable Local to, Expr value) {
        return access(kind, to, value, NOWHERE, Order.PLAIN, false);
    }

    private static Operands fence(Kind kind, int before, int after) {
        return new Operands(
                kind,
                null,
                NONE,
                NONE,
                NOWHERE,
                Order.PLAIN,
                Change.ARITHMETIC,
                Operator.SECOND,
                false,
                before,
                after,
                null,
                -1,
                0,
                null);
    }

    private static Operands jump(Kind kind, Expr value, @Nullable Label target, int handler) {
        return new Operands(
                kind,
                null,
                value,
                NONE,
                NOWHERE,
                Order.PLAIN,
                Change.ARITHMETIC,
                Operator.SECOND,
                false,
                0,
                0,
                target,
                handler,
                0,
                null);
    }

    private static Operands hardware(Instruction.SetHardware set) {
        return new Operands(
                Kind.SET_HARDWARE,
                null,
                set.value(),
                set.to().index(),
                NOWHERE,
                Order.PLAIN,
                Change.ARITHMETIC,
                Operator.SECOND,
                false,
                0,
                0,
                null,
                -1,
                0,
                set.to().variable());
    }

    private static Operands choose(Instruction.Choose choose) {
        return new Operands(
                Kind.CHOOSE,
                choose.to(),
                choose.condition(),
                NONE,
                NOWHERE,
                Order.PLAIN,
                Change.ARITHMETIC,
                Operator.SECOND,
                false,
                0,
                0,
                null,
                -1,
                choose.count(),
                null);
    }
}
