// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

/**
 * The layout of what the kernel and a thread share (Linux {@code include/uapi/linux/rseq.h}).
 *
 * <pre>
 *  struct rseq, one per thread               struct rseq_cs, one per section
 *   0 u32 cpu_id_start   kernel writes        0 u32 version             0
 *   4 u32 cpu_id         kernel writes        4 u32 flags               0
 *   8 u64 rseq_cs        we write             8 u64 start_ip
 *  16 u32 flags          0                   16 u64 post_commit_offset  commit - start
 *  20 u32 node_id        kernel writes       24 u64 abort_ip            behind the signature
 *  24 u32 mm_cid         kernel writes
 * </pre>
 */
public final class RseqAbi {

    /** {@code cpu_id}: negative while the thread is not registered. */
    public static final int CPU_ID = 4;

    /** {@code rseq_cs}: the only field that user space writes. */
    public static final int RSEQ_CS = 8;

    /** {@code node_id}, since Linux 6.3. */
    public static final int NODE_ID = 20;

    /** {@code mm_cid}, since Linux 6.3. */
    public static final int MM_CID = 24;

    /** The feature size that says {@code mm_cid} is there. */
    public static final int MM_CID_END = 28;

    /** The length of the first ABI; a registration of exactly this length stays in legacy mode. */
    public static final int LEGACY_LENGTH = 32;

    /** The feature size where the kernel states none, before Linux 6.3. */
    public static final int ORIGINAL_FEATURE_SIZE = 20;

    /** The size of {@code struct rseq_cs}, and its alignment. */
    public static final int DESCRIPTOR_BYTES = 32;

    /** {@code start_ip}. */
    public static final int DESCRIPTOR_START = 8;

    /** {@code post_commit_offset}. */
    public static final int DESCRIPTOR_LENGTH = 16;

    /** {@code abort_ip}. */
    public static final int DESCRIPTOR_ABORT = 24;

    private RseqAbi() {}
}
