// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.LazyTs.Mirror;
import dev.cpulocal.lab.museum.fpu.LazyTs.Preload;
import dev.cpulocal.lab.museum.fpu.LazyTs.Speculation;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** FPU-16: registers that are there for speculation. CVE-2018-3665. */
final class Fpu16 {

    private static final String EAGER =
            "[PATCH v2 5/5] x86/fpu: Default eagerfpu=on on all CPUs, linux-kernel";

    /** A step that a model may say is never taken. */
    private static final String LEFT_THERE = "the kernel runs with the registers of another task";

    private Fpu16() {}

    static Exhibit exhibit() {
        return Exhibit.of("FPU-16", "Registers that a trap guards, and speculation reads", Area.FPU)
                .kernels("until 4.8 in lazy mode (CVE-2018-3665)")
                .bounds("one CPU, two tasks, one exec(). " + Fpu.MEMORY_ORDER)
                .story(
                        """
                        In lazy mode a switch leaves the registers of the task before where they \
                        are, and sets CR0.TS, so that the first FPU instruction of the next task \
                        traps. By that no task ever sees another's registers. But CPUs of Intel \
                        execute past the trap on speculation, and what they read there can be told \
                        from the caches. Since Linux 5.2 the switch leaves registers again, until \
                        the return to user mode: there, the task's own are loaded, and no trap is \
                        needed.\
                        """)
                .said(
                        "Andy Lutomirski",
                        "24 January 2016",
                        EAGER,
                        "If no performance or functionality problems show up, a subsequent patch"
                                + " could remove lazy mode entirely.")
                .history(
                        "",
                        "13 June 2018",
                        "Lazy FP state restore, en.wikipedia.org",
                        "Announced by Intel, found by people of Amazon, Cyberus Technology and"
                                + " SYSGO. A process can learn what registers of another hold; to"
                                + " restore them at every switch is the cure.")
                .settled(
                        Outcome.CONFIRMED,
                        "eager",
                        "It holds, and \"lazy\" is violated by one switch. That most switches"
                                + " restore is not enough: see \"lazy, often used\".")
                .unchecked(
                        "Eager mode was made the default of all CPUs by 58122bf1d856, and lazy mode"
                                + " removed in Linux 4.9, for other reasons than this.")
                .derived(
                        "Lazy mode is right as the architecture has it: with no speculation, every"
                                + " schedule holds. Of side channels the model has one thing only,"
                                + " that an instruction reads a register before it traps.")
                .derived(
                        "That registers are restored late is no fault as such. Until the first use"
                                + " is too late; until the return to user mode is not, which is"
                                + " what FPU-08 and its neighbours are about.")
                .reference(
                        Variant.of(
                                        "today",
                                        "Restored before the return to user mode.",
                                        today("FPU-16 today", Never.NOTHING))
                                .holds(SC))
                .variant(
                        lazy(
                                        "lazy",
                                        "A trap at the first use, as in Linux 4.8 without eager"
                                                + " mode.",
                                        Preload.SOMETIMES,
                                        Speculation.PAST_TRAP)
                                .violated(SC))
                .variant(
                        lazy(
                                        "lazy, often used",
                                        "The same, where all who have registers get them at the"
                                                + " switch.",
                                        Preload.ALWAYS,
                                        Speculation.PAST_TRAP)
                                .violated(SC))
                .variant(
                        lazy(
                                        "lazy, no speculation",
                                        "The same, on a CPU that reads nothing before it traps.",
                                        Preload.SOMETIMES,
                                        Speculation.NONE)
                                .holds(SC))
                .variant(
                        lazy(
                                        "eager",
                                        "Restored at the switch; CR0.TS is never set.",
                                        Preload.EAGER,
                                        Speculation.PAST_TRAP)
                                .holds(SC))
                .variant(reached(Fpu.STILL_THERE))
                .variant(reached(LEFT_THERE))
                .build();
    }

    private static Variant lazy(
            String name, String text, Preload preload, Speculation speculation) {
        return Variant.of(name, text, lazyModel("FPU-16 " + name, preload, speculation));
    }

    static Model lazyModel(String name, Preload preload, Speculation speculation) {
        return Model.build(
                name, m -> new LazyTs(m, Mirror.NONE, preload, speculation, Never.NOTHING));
    }

    private static Variant reached(String step) {
        String name = Exhibit.REACHED + step;
        return Variant.of(
                        name,
                        "Today's code, said never to do this.",
                        today("FPU-16 " + name, new Never(step)))
                .violated(SC);
    }

    private static Model today(String name, Never never) {
        return Model.build(name, m -> describe(m, never));
    }

    private static void describe(Model.Builder m, Never never) {
        var fpu = new Fpu(m, 1, List.of(Who.user("task"), Who.user("other")), Change.NONE, never);
        fpu.scheduler().interrupt("softirq", Expr.of(1), fpu::kernelFpu);
        fpu.runs(c -> c.forever(() -> reads(c, fpu, never)));
        fpu.runs(c -> {
            fpu.exitToUserMode(c);
            c.forever(() -> reads(c, fpu, never));
        });
    }

    private static void reads(Code c, Fpu fpu, Never never) {
        Expr registers = fpu.registers.get(Preemption.here());
        fpu.scheduler()
                .inUserMode(
                        c,
                        () -> {
                            UserRegisters.speculate(c, registers);
                            fpu.user.check(c);
                        });
        fpu.systemCall(
                c,
                "system call",
                () -> {
                    Preemption.idle(c, "anything");
                    if (never.step().equals(LEFT_THERE)) {
                        c.check("never: " + LEFT_THERE, UserRegisters.notAnothers(c, registers));
                    }
                });
    }
}
