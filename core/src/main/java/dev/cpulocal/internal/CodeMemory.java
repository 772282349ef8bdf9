// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cpulocal.internal.symbols.Symbols;
import java.lang.foreign.MemorySegment;

/**
 * Pages for emitted code.
 *
 * <p>A block is written while its pages are writable, then made read-only and executable for good:
 * pages are never writable and executable at once, never written again, and never unmapped. The
 * last is a need, not a convenience: the kernel reads the descriptor of a section long after it
 * committed ({@code rseq_cs} is cleared lazily), so no moment is known when it could go. A block
 * therefore costs whole pages for ever, and callers keep one for each distinct sequence.
 *
 * <p>The pages are fresh, so on architectures with coherent instruction caches publication is that
 * of the address: a final field or a release store.
 */
public final class CodeMemory {

    private static final int PAGE_BYTES = 4096;

    private CodeMemory() {}

    /**
     * Publishes a block.
     *
     * @param name what tools call it
     * @param code what to publish
     * @return its address
     * @throws UnsupportedOperationException if the system forbids executable memory
     */
    public static long publish(String name, Code code) {
        byte[] bytes = code.bytes();
        long size = (bytes.length + PAGE_BYTES - 1L) & -PAGE_BYTES;
        long address = Libc.mmap(size, Libc.PROT_READ | Libc.PROT_WRITE);
        if (address < 0) {
            throw new UnsupportedOperationException(
                    "mmap of " + size + " bytes: " + Errno.name((int) -address));
        }
        Libc.write(address, bytes);
        if (code.isRestartable()) {
            writeDescriptor(code, address);
        }
        int denied = Libc.mprotect(address, size, Libc.PROT_READ | Libc.PROT_EXEC);
        if (denied < 0) {
            Libc.munmap(address, size);
            throw new UnsupportedOperationException(
                    "mprotect to executable: " + Errno.name(-denied));
        }
        Symbols.publish(name, code, address);
        return address;
    }

    private static void writeDescriptor(Code code, long address) {
        long start = code.offset("start");
        MemorySegment descriptor =
                Libc.memory(address + code.offset("descriptor"), RseqAbi.DESCRIPTOR_BYTES);
        descriptor.set(JAVA_LONG, 0, 0);
        descriptor.set(JAVA_LONG, RseqAbi.DESCRIPTOR_START, address + start);
        descriptor.set(JAVA_LONG, RseqAbi.DESCRIPTOR_LENGTH, code.offset("commit") - start);
        descriptor.set(JAVA_LONG, RseqAbi.DESCRIPTOR_ABORT, address + code.offset("abort"));
    }
}
