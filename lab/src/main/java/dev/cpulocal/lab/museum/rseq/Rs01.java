// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rseq;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.museum.Area;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Variants;
import dev.cpulocal.lab.museum.rseq.KvmRun.Question;
import dev.cpulocal.lab.museum.rseq.KvmRun.Setting;
import dev.cpulocal.lab.museum.rseq.KvmRun.Transfer;

/** RS-01: KVM takes the note that cpu_id must be written. */
final class Rs01 {

    private static final Setting FIXED = new Setting(Transfer.CPU_ID, Question.BETWEEN_SECTIONS);

    private static final Variants<Setting> VARIANTS = new Variants<>("RS-01", KvmRun::new);

    private Rs01() {}

    static Exhibit exhibit() {
        return Exhibit.of("RS-01", "KVM_RUN returns with the number of another CPU", Area.RSEQ)
                .kernels("5.9 to 5.14")
                .bounds(
                        "one call of ioctl(KVM_RUN) between two sections; preempted and moved any number of times")
                .story(
                        """
                        Before a thread enters a guest, the kernel handles what it would handle on the way to user mode, and clears \
                        TIF_NOTIFY_RESUME. From Linux 5.9 on it did so without telling rseq. A thread that was moved in ioctl(KVM_RUN) \
                        returned with the cpu_id of the CPU it had left, and its sections changed that CPU's data: cpu_id_start and cpu_id \
                        agree, so nothing aborts.\
                        """)
                .said(
                        "Sean Christopherson",
                        "20 August 2021",
                        "[PATCH v2 1/5] KVM: rseq: Update rseq when processing NOTIFY_RESUME on xfer to KVM guest, linuxppc-dev; 8646e53633f3, Linux 5.15",
                        "Clearing TIF_NOTIFY_RESUME without informing rseq can lead to segfaults and other badness in userspace VMMs that use rseq in combination with KVM, e.g. due to the CPU ID being stale after task migration.")
                .history(
                        "Sean Christopherson",
                        "20 August 2021",
                        "the same mail",
                        "Reported by Peter Foley, bisected by Doug Evans. The bug is of 72c3c0fe54a3, Linux 5.9.")
                .said(
                        "Mathieu Desnoyers",
                        "19 August 2021",
                        "Re: [PATCH 2/5] entry: rseq: Call rseq_handle_notify_resume() in tracehook_notify_resume(), linuxppc-dev",
                        "This will make it harder to introduce new code paths which consume the NOTIFY_RESUME without calling the rseq callback, which introduces issues.")
                .reference(
                        VARIANTS.of(
                                        "fixed",
                                        "cpu_id is written before the guest is entered.",
                                        FIXED)
                                .holds(SC, TSO))
                .variant(
                        VARIANTS.of(
                                        "flag consumed",
                                        "The flag is cleared, and rseq is not told.",
                                        new Setting(Transfer.NOTHING, Question.BETWEEN_SECTIONS))
                                .violated(SC, TSO))
                .variant(VARIANTS.reached(KvmRun.MOVED, FIXED).violated(SC, TSO))
                .build();
    }
}
