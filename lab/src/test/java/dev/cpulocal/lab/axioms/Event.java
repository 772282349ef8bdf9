// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.axioms;

import dev.cpulocal.lab.Order;

/**
 * A read or a write of an execution. An atomic update is a read and, right after it, a write.
 *
 * @param task whose it is
 * @param index its number among those of its task, in program order
 * @param write whether it writes; else it reads
 * @param location where
 * @param value what is read or written
 * @param order how the access is ordered
 * @param atomic whether it is of an atomic update
 * @param address the reads of the task, a bit each, that its address is computed from
 * @param data those that the value it writes is computed from
 * @param control those that decide whether it is executed
 */
record Event(
        int task,
        int index,
        boolean write,
        int location,
        long value,
        Order order,
        boolean atomic,
        long address,
        long data,
        long control) {

    boolean read() {
        return !write;
    }

    /** {@return whether it and another one are the two halves of an update} */
    boolean isHalfOf(Event read) {
        return write && atomic && read.task == task && read.index == index - 1;
    }

    static boolean has(long reads, Event read) {
        return (reads & 1L << read.index) != 0;
    }
}
