// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.SignalledThread.Inhibited;

/** RS-05: a section that goes on behind a signal handler. */
final class Rs05 {

    private static final Variants<Inhibited> VARIANTS =
            new Variants<>("RS-05", SignalledThread::new);

    private Rs05() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-05", "A section that no signal restarts loses its rseq_cs", Area.RSEQ)
                .kernels("none: the kernel kills who sets the flag alone; no flags since 6.1")
                .bounds(
                        "one signal; preempted any number of times. Nothing is shared, so one memory model does")
                .story(
                        """
                        A flag said that a signal restarts a section no more: the thread goes on in the section behind the signal handler. \
                        But if the handler is preempted, the kernel finds the thread outside of the section and clears rseq_cs, as it does for \
                        any thread. Back in the section the thread has none: it was preempted, will be again, and nothing restarts it. So the \
                        flag was accepted only together with those for preemption and migration, and then all flags were given up.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "2018",
                        "a comment in rseq_need_restart(), kernel/rseq.c, Linux 4.18 to 6.0",
                        "Restart on signal can only be inhibited when restart on preempt and restart on migrate are inhibited too. Otherwise, a preempted signal handler could fail to restart the prior execution context on sigreturn.")
                .settled(
                        Outcome.CONFIRMED,
                        "signals inhibited",
                        "With this flag alone, a section is committed whose signal handler was preempted.")
                .history(
                        "Bui Quang Minh",
                        "18 June 2022",
                        "linux-kernel, cited by 0190e4198e47",
                        "The report that rseq_cs is cleared under the signal handler.")
                .said(
                        "Mathieu Desnoyers",
                        "22 June 2022",
                        "rseq: Deprecate RSEQ_CS_FLAG_NO_RESTART_ON_* flags; 0190e4198e47, Linux 6.1",
                        "The pretty much unused RSEQ_CS_FLAG_NO_RESTART_ON_* flags introduce complexity in rseq, and are subtly buggy")
                .reference(
                        VARIANTS.of("fixed", "All events restart the section.", Inhibited.NONE)
                                .holds(SC))
                .variant(
                        VARIANTS.of(
                                        "signals inhibited",
                                        "RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL alone, which the kernel"
                                                + " refuses.",
                                        Inhibited.SIGNAL)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "preemption inhibited",
                                        "The flags for preemption and migration do what they say:"
                                                + " a section that was preempted is committed.",
                                        Inhibited.PREEMPT)
                                .violated(SC))
                .variant(VARIANTS.reached(NotifyResume.RESTARTED, Inhibited.NONE).violated(SC))
                .variant(VARIANTS.reached(SignalledThread.NESTED, Inhibited.SIGNAL).violated(SC))
                .build();
    }
}
