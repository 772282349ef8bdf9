// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.powerpc;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.Variants;

/** PPC-03: a call of a C function on the way back from a system call. */
final class Ppc03 {

    /*
     * The exit from a system call as three registers: r3 has the system call's result, r8 what was
     * the MSR, r12 thread_info. A C function may leave anything in all of them: Power's calling
     * convention makes them volatile. Only where the call of rseq_syscall() stands, and what is
     * loaded again after it, differs. There is one CPU and one task, so any memory model will do.
     */

    private static final String ID = "PPC-03";
    private static final String THREAD =
            "Re: [PATCH 07/14] powerpc: Add support for restartable sequences, linuxppc-dev";
    private static final String CALLED = "rseq_syscall() is called";
    private static final int GARBAGE = 0;
    private static final int RESULT = 1;
    private static final int MSR = 2;
    private static final int THREAD_INFO = 3;

    /** Where rseq_syscall() is called. */
    private enum Place {
        /** Behind .Lsyscall_exit, right after the result is saved, and it is loaded again. */
        AFTER_SAVING(true),
        /** The same, and it is not loaded again. */
        AFTER_SAVING_NOT_RELOADED(false),
        /** At system_call_exit, where all three are live. */
        AT_EXIT(false),
        /** The same, and the result is loaded again. */
        AT_EXIT_RELOADED(true),
        /** After interrupts are disabled. */
        IRQS_OFF(true);

        private final boolean reloads;

        Place(boolean reloads) {
            this.reloads = reloads;
        }

        private boolean isAfterSaving() {
            return this == AFTER_SAVING || this == AFTER_SAVING_NOT_RELOADED;
        }

        private boolean isAtExit() {
            return this == AT_EXIT || this == AT_EXIT_RELOADED;
        }
    }

    private final Place place;
    private final Never never;
    private final Variable r3;
    private final Variable r8;
    private final Variable r12;
    private final Variable saved;
    private final Variable irqsOff;

    private static final Variants<Place> VARIANTS = new Variants<>(ID, Ppc03::new);

    private Ppc03(Model.Builder m, Place place, Never never) {
        this.place = place;
        this.never = never;
        r3 = m.hardware("r3", RESULT);
        r8 = m.hardware("r8", GARBAGE);
        r12 = m.hardware("r12", GARBAGE);
        saved = m.hardware("RESULT(r1)", GARBAGE);
        irqsOff = m.hardware("interrupts disabled", 0);
        m.task("task", 0, this::exit);
    }

    private void exit(Code c) {
        c.call(
                ".Lsyscall_exit",
                () -> {
                    c.as("std r3,RESULT(r1)").set(saved.get(), r3.get());
                    callIf(c, place.isAfterSaving());
                    c.as("CURRENT_THREAD_INFO(r12, r1)").set(r12.get(), THREAD_INFO);
                    c.as("ld r8,_MSR(r1)").set(r8.get(), MSR);
                });
        c.call(
                "system_call_exit",
                () -> {
                    callIf(c, place.isAtExit());
                    c.as("mtmsrd r11,1").set(irqsOff.get(), 1);
                    callIf(c, place == Place.IRQS_OFF);
                    c.as("ld r9,TI_FLAGS(r12)")
                            .check(
                                    "r12 is thread_info where its flags are read",
                                    r12.get().eq(THREAD_INFO));
                    c.as("andi. r6,r8,MSR_PR").check("r8 is the MSR", r8.get().eq(MSR));
                    c.as("rfid").check("the program gets the result", r3.get().eq(RESULT));
                });
    }

    private void callIf(Code c, boolean here) {
        if (here) {
            c.as("addi r3,r1,STACK_FRAME_OVERHEAD").set(r3.get(), GARBAGE);
            c.call(
                    "rseq_syscall",
                    () -> {
                        never.here(c, CALLED);
                        c.as("get_user(rseq->rseq_cs)")
                                .check(
                                        "user memory is read with interrupts enabled",
                                        irqsOff.get().not());
                        for (Variable register : new Variable[] {r3, r8, r12}) {
                            Expr now = register.get();
                            c.as(register + " = anything").set(now, GARBAGE);
                        }
                    });
            if (place.reloads) {
                c.as("ld r3,RESULT(r1)").set(r3.get(), saved.get());
            }
        }
    }

    /* ------------------------- The entry ------------------------- */

    static Exhibit exhibit() {
        return Exhibit.of(
                        ID,
                        "A debug check that clobbered the registers of system calls",
                        Area.POWERPC)
                .kernels("none: patches of 2018, found before they were merged")
                .bounds("one return from a system call")
                .story(
                        """
                        A kernel with CONFIG_DEBUG_RSEQ calls rseq_syscall() at the end of each \
                        system call, to kill who makes one within a restartable sequence. On \
                        powerpc the call went into assembly code in which three registers were \
                        live that any C function may overwrite; with it, init was killed at boot. \
                        An earlier place was behind the instruction that disables interrupts, \
                        although the function reads user memory.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "18 May 2018",
                        THREAD,
                        "By the way, I think this is not the right spot to call rseq_syscall,"
                                + " because interrupts are disabled. I think we should move this"
                                + " hunk right after system_call_exit.")
                .settled(
                        Outcome.DEPENDS,
                        "at system_call_exit",
                        "The first place is wrong, as he says; the one that he proposes is, too.")
                .said(
                        "Mathieu Desnoyers",
                        "23 May 2018",
                        THREAD,
                        "I tried your patch in a ppc64 le environment, and it does not survive"
                                + " boot with CONFIG_DEBUG_RSEQ=y. init gets killed right away.")
                .said(
                        "Michael Ellerman",
                        "24 May 2018",
                        THREAD,
                        "I don't think that's safe. If you look above that, we have r3, r8 and r12"
                                + " all live")
                .settled(
                        Outcome.CONFIRMED,
                        "at system_call_exit, r3 loaded again",
                        "With r3 back, it is r12 that is wrong first.")
                .reference(
                        VARIANTS.of(
                                        "fixed",
                                        "Right after the result is saved; it is loaded again.",
                                        Place.AFTER_SAVING)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "interrupts disabled",
                                        "The first proposal, with r3 loaded again.",
                                        Place.IRQS_OFF)
                                .violated(SC))
                .variant(
                        VARIANTS.of("at system_call_exit", "The second proposal.", Place.AT_EXIT)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "at system_call_exit, r3 loaded again",
                                        "The fixup that got ppc64 to boot.",
                                        Place.AT_EXIT_RELOADED)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "not loaded again",
                                        "In the right place, without ld r3,RESULT(r1).",
                                        Place.AFTER_SAVING_NOT_RELOADED)
                                .violated(SC))
                .variant(reached())
                .build();
    }

    private static Variant reached() {
        return VARIANTS.reached(
                        CALLED, "The right place, said never to be reached.", Place.AFTER_SAVING)
                .violated(SC);
    }
}
