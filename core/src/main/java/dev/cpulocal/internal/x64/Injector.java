// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static dev.cpulocal.internal.x64.Register.R10;
import static dev.cpulocal.internal.x64.Register.R11;
import static dev.cpulocal.internal.x64.Register.RCX;
import static dev.cpulocal.internal.x64.Register.RSP;

import dev.cpulocal.internal.Target.Action;
import dev.cpulocal.internal.Target.CompareTwice;
import dev.cpulocal.internal.Target.Injection;
import dev.cpulocal.internal.Target.Loop;
import dev.cpulocal.internal.Target.Nothing;
import dev.cpulocal.internal.Target.Rendezvous;
import dev.cpulocal.internal.x64.Assembler.Arithmetic;
import dev.cpulocal.internal.x64.Assembler.Condition;
import org.jspecify.annotations.Nullable;

/** Counts the instruction boundaries of a section, and emits what is injected at one of them. */
final class Injector implements Runnable {

    /*
     * What is injected may stand between a comparison and its jump, so it may change no flag: it
     * counts and tests with lea, loop and jrcxz. It saves the registers it needs in the red zone,
     * below what a copy saves there. An abort in the middle of it needs no restoring: all of them are
     * registers that a caller does not expect to survive.
     */

    /** The label of the exit for a lost atomicity. */
    static final String LOST = "lost_atomicity";

    private static final Memory SAVED_RCX = Memory.at(RSP, -24);
    private static final Memory SAVED_R10 = Memory.at(RSP, -32);
    private static final Memory SAVED_R11 = Memory.at(RSP, -40);
    private static final Memory NEGATIVE_INDEX = Memory.at(RSP, -48);

    private final Assembler asm;
    private final int point;
    private final Action action;
    private @Nullable Memory indexField;
    private int instructions;

    Injector(Assembler asm, Injection injection) {
        this.asm = asm;
        this.point = injection.point();
        this.action = injection.action();
    }

    boolean comparesTwice() {
        return point >= 0 && action instanceof CompareTwice;
    }

    /** Comes before each instruction of a section. */
    @Override
    public void run() {
        if (instructions++ == point) {
            asm.origin("injected at boundary " + point + ": " + action);
            inject();
        }
    }

    /** Comes behind the read of the index, where the flags are free. */
    void indexRead(Register index, Memory field) {
        indexField = field;
        if (comparesTwice()) {
            asm.unseen(() -> {
                asm.origin("keep the index for a second comparison");
                asm.zero(R11);
                asm.arithmetic(Arithmetic.SUB, R11, index);
                asm.store(NEGATIVE_INDEX, R11, 8);
            });
        }
    }

    /** Comes behind the commit instruction. */
    void committed() {
        indexField = null;
        asm.unseen(this);
        asm.beforeEach(null);
    }

    private void inject() {
        asm.store(SAVED_RCX, RCX, 8);
        switch (action) {
            case Nothing _ -> {}
            case Loop loop -> delay(loop.turns());
            case Rendezvous rendezvous -> meet(rendezvous);
            case CompareTwice twice -> {
                delay(twice.turns());
                compareIndex();
            }
        }
        asm.load(RCX, SAVED_RCX, 8);
    }

    private void delay(int turns) {
        asm.moveConstant(RCX, turns);
        asm.label("delay");
        asm.jump(Condition.LOOP, "delay");
    }

    private void meet(Rendezvous rendezvous) {
        asm.store(SAVED_R10, R10, 8);
        asm.store(SAVED_R11, R11, 8);
        asm.moveConstant(R11, rendezvous.entered());
        asm.moveConstant(RCX, 1);
        asm.store(Memory.at(R11, 0), RCX, 8);
        asm.moveConstant(R11, rendezvous.held());
        asm.moveConstant(R10, rendezvous.turns());
        asm.label("wait");
        asm.load(RCX, Memory.at(R11, 0), 8);
        asm.jump(Condition.RCX_ZERO, "go");
        asm.lea(R10, Memory.at(R10, -1));
        asm.move(RCX, R10);
        asm.jump(Condition.RCX_ZERO, "go");
        asm.jump(Condition.ALWAYS, "wait");
        asm.label("go");
        asm.load(R10, SAVED_R10, 8);
        asm.load(R11, SAVED_R11, 8);
    }

    private void compareIndex() {
        if (indexField == null) {
            throw new IllegalArgumentException(
                    "point: "
                            + point
                            + " (expected: between the read of the index and the commit)");
        }
        asm.store(SAVED_R11, R11, 8);
        asm.load(RCX, indexField, 4);
        asm.load(R11, NEGATIVE_INDEX, 8);
        asm.lea(RCX, Memory.at(RCX, R11, 0));
        asm.load(R11, SAVED_R11, 8);
        asm.jump(Condition.RCX_ZERO, "same");
        asm.jump(Condition.ALWAYS, LOST);
        asm.label("same");
    }
}
