// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.opv;

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Claim.Outcome;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.opv.CpuOpv.Change;

/** OPV-02: a vector for a CPU that is offline. */
final class Opv02 {

    private static final Variants<Change> VARIANTS = new Variants<>("OPV-02", CpuOpv::new);

    private Opv02() {}

    static Exhibit exhibit() {
        return Exhibit.of("OPV-02", "A vector for a CPU that is offline", Area.CPU_OPV)
                .kernels("none: cpu_opv was not merged")
                .bounds(
                        "two vectors from elsewhere and one update on the CPU; it goes offline and comes back once. Locks order everything, so one memory model does")
                .story(
                        """
                        cpu_opv() executes a vector on the CPU whose data it is for. If that CPU is offline, it executes it where the caller \
                        is, with hotplug blocked and a mutex held. Each part is needed: the mutex, because two callers can be elsewhere; the \
                        second look whether the CPU is offline, behind the lock; the second look where the caller is, behind \
                        preempt_disable(); and pages must be there before hotplug is blocked.\
                        """)
                .said(
                        "Mathieu Desnoyers",
                        "12 April 2018",
                        "[RFC PATCH for 4.18 12/23] cpu_opv: Provide cpu_opv system call (v7), linux-kernel",
                        "If the requested CPU is offline, it performs the operations from the current CPU while preventing CPU hotplug, and with a mutex held.")
                .settled(
                        Outcome.CONFIRMED,
                        "v7",
                        "Nobody sees half a vector, no vector is lost, and nobody waits for ever, whenever the CPU goes and comes.")
                .derived(
                        "What happens without each part is our question; nobody is known to have proposed it.")
                .reference(VARIANTS.of("v7", "As it was posted.", Change.NONE).holds(SC))
                .variant(
                        VARIANTS.of(
                                        "online tested before",
                                        "The CPU comes back between the test and the lock.",
                                        Change.ONLINE_TESTED_BEFORE)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "no mutex",
                                        "Two vectors are executed elsewhere.",
                                        Change.NO_MUTEX)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "CPU not tested",
                                        "The caller is moved away between moving and"
                                                + " preempt_disable().",
                                        Change.CPU_NOT_TESTED)
                                .violated(SC))
                .variant(
                        VARIANTS.of(
                                        "faults under the lock",
                                        "Pages are faulted in with hotplug blocked: four wait for"
                                                + " each other.",
                                        Change.FAULTS_UNDER_LOCK)
                                .violated(SC))
                .variant(VARIANTS.reached(CpuOpv.REMOTE, Change.NONE).violated(SC))
                .variant(VARIANTS.reached(CpuOpv.MOVED_AWAY, Change.NONE).violated(SC))
                .build();
    }
}
