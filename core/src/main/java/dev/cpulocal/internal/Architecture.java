// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.internal.x64.X64;
import java.util.Locale;
import java.util.Optional;

/**
 * The instruction sets, with the constants that Linux and glibc give each of them.
 *
 * <p>The signature is {@code RSEQ_SIG} of glibc's {@code sys/rseq.h}; the numbers of system calls
 * are from the kernel's {@code arch/.../syscall*.tbl}.
 */
public enum Architecture {
    /** x86-64. */
    X64("amd64", 0x5305_3053, 334, 324, 309, 234),
    /** Arm, 64 bits, little-endian. */
    AARCH64("aarch64", 0xd428_bc00, 293, 283, 168, 131),
    /** Power, 64 bits, little-endian. */
    PPC64("ppc64le", 0x0fe5_000b, 387, 365, 302, 250),
    /** RISC-V, 64 bits. */
    RISCV64("riscv64", 0xf140_1073, 293, 283, 168, 131),
    /** z/Architecture. */
    S390X("s390x", 0xb2ff_0fff, 383, 356, 311, 241);

    private final String osArch;
    private final int signature;
    private final int rseq;
    private final int membarrier;
    private final int getcpu;
    private final int tgkill;

    Architecture(String osArch, int signature, int rseq, int membarrier, int getcpu, int tgkill) {
        this.osArch = osArch;
        this.signature = signature;
        this.rseq = rseq;
        this.membarrier = membarrier;
        this.getcpu = getcpu;
        this.tgkill = tgkill;
    }

    /** {@return the architecture this JVM runs on, if it is one of these} */
    public static Optional<Architecture> current() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        for (Architecture architecture : values()) {
            if (architecture.osArch.equals(name)) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }

    /** {@return the signature before an abort handler, as the kernel loads it} */
    public int signature() {
        return signature;
    }

    /** {@return the number of rseq(2)} */
    public int rseqNumber() {
        return rseq;
    }

    /** {@return the number of membarrier(2)} */
    public int membarrierNumber() {
        return membarrier;
    }

    /** {@return the number of getcpu(2)} */
    public int getcpuNumber() {
        return getcpu;
    }

    /** {@return the number of tgkill(2)} */
    public int tgkillNumber() {
        return tgkill;
    }

    /** {@return what emits its machine code; empty if sequences are only interpreted on it} */
    public Optional<Machine> machine() {
        return switch (this) {
            case X64 -> Optional.of(new X64());
            case AARCH64, PPC64, RISCV64, S390X -> Optional.empty();
        };
    }
}
