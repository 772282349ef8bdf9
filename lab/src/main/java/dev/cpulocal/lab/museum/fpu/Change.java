// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

/** What is different from today's code: each is a bug that Linux had, or a rule left out. */
enum Change {
    /** Nothing. */
    NONE,
    /** exec() resets the owner of its CPU in place of the task's last CPU: 5.8 to 6.5. */
    EXEC_RESETS_OWNER,
    /** exec() resets neither. */
    EXEC_RESETS_NOTHING,
    /** The kernel uses the registers and leaves them their owner. */
    KERNEL_KEEPS_OWNER,
    /** ptrace writes a task's image and leaves the task its last CPU: Linux 3.3. */
    PTRACE_KEEPS_LAST_CPU,
    /** The registers are taken to be there if the CPU's owner is the task. */
    OWNER_ALONE,
    /** The registers are taken to be there if the task's last CPU is this one. */
    LAST_CPU_ALONE,
    /** The compiler keeps what it has read of the owner across the retries of a loop. */
    OWNER_READ_ONCE,
    /** An XRSTOR that failed leaves the registers their owner: 5.2 to 5.12. */
    FAILURE_KEEPS_OWNER,
    /** The image in a signal frame is copied before it is looked at. */
    COPIED_UNSEEN,
    /** A CPU that comes up keeps the owner it had. */
    CPU_UP_KEEPS_OWNER,
    /** Who has an mm is taken for a user task; the switch flags all tasks: 5.2-rc. */
    MM_FOR_USER,
    /** The same, and the switch flags no kernel thread. */
    MM_FOR_USER_UNFLAGGED,
    /** The same, on a CPU that saves registers by FNSAVE, which resets them. */
    MM_FOR_USER_UNFLAGGED_FNSAVE,
    /** As without FNSAVE, and the kernel's use resets the owner only if there is no mm. */
    MM_FOR_USER_UNFLAGGED_KEEPS_OWNER;

    /** {@return whether kernel threads, which have an mm here, are taken for user tasks} */
    boolean mmForUser() {
        return switch (this) {
            case MM_FOR_USER,
                    MM_FOR_USER_UNFLAGGED,
                    MM_FOR_USER_UNFLAGGED_FNSAVE,
                    MM_FOR_USER_UNFLAGGED_KEEPS_OWNER ->
                    true;
            default -> false;
        };
    }

    /** {@return whether saving registers resets them} */
    boolean fnsave() {
        return this == MM_FOR_USER_UNFLAGGED_FNSAVE;
    }

    /** {@return whether the kernel's own use of registers leaves them their owner} */
    boolean kernelKeepsOwner() {
        return this == KERNEL_KEEPS_OWNER || this == MM_FOR_USER_UNFLAGGED_KEEPS_OWNER;
    }
}
