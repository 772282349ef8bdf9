// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.museum.fpu.Preemption.current;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** Linux 4.8 without eager mode: CR0.TS makes the first use of the FPU trap. */
final class LazyTs implements Preemption.Context {

    /*
     * A task whose registers are loaded has fpregs_active, and CR0.TS is 0. For any other it is 1:
     * its first FPU instruction raises #NM, whose handler restores the registers. A task that used
     * the FPU in the last five of its turns is spared that: its registers are restored at the
     * switch. Here any task is spared it or not. Patch 1 no longer hands from the first half of
     * the switch to the second whether the task before had its registers loaded, but keeps in
     * fpu_active what CR0.TS is; only the switch writes it.
     *
     * exec() drops the registers. What Linux 4.8 has beyond, that it restores nothing if the
     * registers are still there, is left out.
     */

    /** Who keeps fpu_active. */
    enum Mirror {
        /** There is none: Linux 4.8. */
        NONE,
        /** The switch, and nobody else: patch 1. */
        SWITCH,
        /** Everybody who changes CR0.TS. */
        EVERYBODY
    }

    /** When the registers of a task that has some are restored at the switch to it. */
    enum Preload {
        /** If it used them in its last five turns: any time, or not. */
        SOMETIMES,
        /** Always, as if it had. */
        ALWAYS,
        /** Never, as if it had not. */
        NEVER,
        /** Always, and CR0.TS is never set. */
        EAGER
    }

    /** Whether CPUs execute past #NM. */
    enum Speculation {
        /** They do not, as the architecture has it. */
        NONE,
        /** They read registers on speculation before they raise #NM. */
        PAST_TRAP
    }

    /** A step that a model may say is never taken. */
    static final String PRELOADED = "the registers are restored at the switch";

    private final Mirror keeper;
    private final Preload preload;
    private final Speculation speculation;
    private final Never never;
    private final Variable registers;
    private final Variable ts;
    private final Variable mirror;
    private final Variable oldActive;
    private final Variable fpstate;
    private final Variable fpstateActive;
    private final Variable active;
    private final Variable expected;
    private final Preemption preemption;

    LazyTs(Model.Builder m, Mirror keeper, Preload preload, Speculation speculation, Never never) {
        this.keeper = keeper;
        this.preload = preload;
        this.speculation = speculation;
        this.never = never;
        registers = m.hardware("registers", 1);
        ts = m.hardware("CR0.TS", 0);
        mirror = m.hardware("fpu_active", 1);
        oldActive = m.hardware("old was active", 0);
        fpstate = m.hardwares("fpstate", List.of(1L, 2L));
        fpstateActive = m.hardwares("fpu.fpstate_active", 2, 1);
        active = m.hardwares("fpu.fpregs_active", List.of(1L, 0L));
        expected = m.hardwares("expected", List.of(1L, 2L));
        preemption = new Preemption(m, this, 1, List.of(Who.user("task"), Who.user("other")));
        preemption.runs(this::task);
        preemption.runs(c -> c.forever(() -> usesRegisters(c)));
    }

    private void task(Code c) {
        usesRegisters(c);
        c.call("exec", () -> exec(c));
        usesRegisters(c);
    }

    private void usesRegisters(Code c) {
        preemption.inUserMode(
                c,
                () -> {
                    if (speculation == Speculation.PAST_TRAP) {
                        UserRegisters.speculate(c, registers.get());
                    }
                    Preemption.when(
                            c,
                            "an FPU instruction raises #NM",
                            ts.get(),
                            () -> c.call("do_device_not_available", () -> trap(c)));
                    c.check(
                            "F: in user mode the registers are the task's",
                            ts.get().or(registers.get().eq(expected.get(current(c)))));
                });
    }

    private void trap(Code c) {
        c.withoutInterrupts(() -> {
            c.as("fpu->fpstate_active = 1").set(fpstateActive.get(current(c)), 1);
            changeTs(c, false);
            restore(c);
        });
    }

    private void restore(Code c) {
        c.as("fpu->fpregs_active = 1").set(active.get(current(c)), 1);
        c.check("XRSTOR in the kernel does not raise #NM", ts.get().not());
        c.as("copy_kernel_to_fpregs(&fpu->state)").set(registers.get(), fpstate.get(current(c)));
    }

    /** {@code fpu__clear()}. */
    private void exec(Code c) {
        c.withoutInterrupts(() -> {
            if (preload == Preload.EAGER) {
                c.as("copy_init_fpstate_to_fpregs()").set(registers.get(), Fpu.INIT);
            } else {
                c.call("fpu__drop", () -> drop(c));
            }
            c.set(expected.get(current(c)), Fpu.INIT);
        });
    }

    private void drop(Code c) {
        ifActive(
                c,
                () -> {
                    deactivate(c);
                    changeTs(c, true);
                },
                () -> {});
        c.as("fpu->fpstate_active = 0").set(fpstateActive.get(current(c)), 0);
        c.as("fpstate_init(&fpu->state)").set(fpstate.get(current(c)), Fpu.INIT);
    }

    private void ifActive(Code c, Runnable then, Runnable otherwise) {
        Preemption.when(c, "fpu->fpregs_active", active.get(current(c)), then, otherwise);
    }

    private void deactivate(Code c) {
        c.as("fpu->fpregs_active = 0").set(active.get(current(c)), 0);
    }

    /** {@code __fpregs_deactivate_hw()} or {@code __fpregs_activate_hw()}. */
    private void changeTs(Code c, boolean set) {
        if (preload != Preload.EAGER) {
            c.as(set ? "stts()" : "clts()").set(ts.get(), set ? 1 : 0);
        }
        if (keeper == Mirror.EVERYBODY) {
            writeMirror(c, set);
        }
    }

    private void writeMirror(Code c, boolean set) {
        c.as("__this_cpu_write(fpu_active, " + !set + ")").set(mirror.get(), set ? 0 : 1);
    }

    @Override
    public void switchOut(Code c) {
        c.call("switch_fpu_prepare", () -> prepare(c));
    }

    private void prepare(Code c) {
        ifActive(
                c,
                () -> {
                    c.as("copy_fpregs_to_fpstate(old_fpu)")
                            .set(fpstate.get(current(c)), registers.get());
                    deactivate(c);
                    c.set(oldActive.get(), 1);
                },
                () -> c.set(oldActive.get(), 0));
    }

    @Override
    public void switchIn(Code c) {
        c.call("switch_fpu_finish", () -> finish(c));
    }

    private void finish(Code c) {
        Expr preloads = fpstateActive.get(current(c)).and(isOften(c));
        Preemption.when(c, "preload", preloads, () -> preload(c), () -> unlessOff(c));
    }

    private Expr isOften(Code c) {
        return switch (preload) {
            case SOMETIMES -> c.as("fpu->counter > 5").choose("often", 2);
            case NEVER -> Expr.of(0);
            case ALWAYS, EAGER -> Expr.of(1);
        };
    }

    private void preload(Code c) {
        never.here(c, PRELOADED);
        Preemption.when(c, "CR0.TS is set", loaded().not(), () -> changeTsAtSwitch(c, false));
        restore(c);
    }

    private void unlessOff(Code c) {
        Preemption.when(c, "CR0.TS is clear", loaded(), () -> changeTsAtSwitch(c, true));
    }

    private Expr loaded() {
        return keeper == Mirror.NONE ? oldActive.get() : mirror.get();
    }

    private void changeTsAtSwitch(Code c, boolean set) {
        changeTs(c, set);
        if (keeper == Mirror.SWITCH) {
            writeMirror(c, set);
        }
    }

    @Override
    public void exitToUserMode(Code c) {}
}
