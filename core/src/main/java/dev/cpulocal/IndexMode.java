// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

/** By which number of the running thread a sequence chooses the range it works on. */
public enum IndexMode {
    /**
     * {@code rseq::cpu_id}, the CPU the thread runs on: the range stays in this CPU's caches.
     *
     * <p>A fence goes to one CPU.
     */
    CPU_ID("cpu_id"),

    /**
     * {@code rseq::mm_cid}, the concurrency id: unique among the threads of this process that run
     * now, and never above the number of its threads, so that ranges are few. Since Linux 6.3.
     *
     * <p>The kernel cannot fence one concurrency id, so every fence goes to all CPUs.
     */
    CONCURRENCY_ID("mm_cid");

    private final String field;

    IndexMode(String field) {
        this.field = field;
    }

    /** {@return the name of the field in the kernel's {@code struct rseq}} */
    public String field() {
        return field;
    }
}
