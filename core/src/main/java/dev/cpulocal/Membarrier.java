// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Errno;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Platform;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * membarrier(2): memory barriers on all CPUs that run a process, at the cost of the caller alone.
 *
 * <p>Source: Linux {@code include/uapi/linux/membarrier.h}, {@code kernel/sched/membarrier.c}, and
 * membarrier(2). All methods can be called by any thread at any time, and make a system call each:
 * 1 to 30 microseconds for the expedited commands, milliseconds for {@link Command#GLOBAL} and for
 * a first registration.
 */
public final class Membarrier {

    /** The commands, by the names of the kernel's header without {@code MEMBARRIER_CMD_}. */
    public enum Command {
        /** Which commands the kernel offers. Since Linux 4.3. */
        QUERY(0),
        /** A barrier on every thread of the system, by waiting. Not with {@code nohz_full}. */
        GLOBAL(1),
        /** A barrier on every running thread of the processes that registered for it. 4.16. */
        GLOBAL_EXPEDITED(1 << 1),
        /** Registers this process to receive {@link #GLOBAL_EXPEDITED}. */
        REGISTER_GLOBAL_EXPEDITED(1 << 2),
        /** A barrier on every running thread of this process. 4.14. */
        PRIVATE_EXPEDITED(1 << 3),
        /** Registers for {@link #PRIVATE_EXPEDITED}. */
        REGISTER_PRIVATE_EXPEDITED(1 << 4),
        /**
         * The same, and their instruction streams are synchronised. 4.16, not on all architectures.
         */
        PRIVATE_EXPEDITED_SYNC_CORE(1 << 5),
        /** Registers for {@link #PRIVATE_EXPEDITED_SYNC_CORE}. */
        REGISTER_PRIVATE_EXPEDITED_SYNC_CORE(1 << 6),
        /** The same barrier, and their restartable sequences are aborted. 5.10. */
        PRIVATE_EXPEDITED_RSEQ(1 << 7),
        /** Registers for {@link #PRIVATE_EXPEDITED_RSEQ}. */
        REGISTER_PRIVATE_EXPEDITED_RSEQ(1 << 8),
        /** Which registrations this process has. 6.3. Over-reports: see {@link #registrations}. */
        GET_REGISTRATIONS(1 << 9);

        private final int value;

        Command(int value) {
            this.value = value;
        }

        /** {@return the number that the kernel knows it by} */
        public int value() {
            return value;
        }

        /** {@return the command that must be executed once before this one, if there is one} */
        public Optional<Command> registration() {
            return switch (this) {
                case PRIVATE_EXPEDITED -> Optional.of(REGISTER_PRIVATE_EXPEDITED);
                case PRIVATE_EXPEDITED_SYNC_CORE ->
                        Optional.of(REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
                case PRIVATE_EXPEDITED_RSEQ -> Optional.of(REGISTER_PRIVATE_EXPEDITED_RSEQ);
                default -> Optional.empty();
            };
        }
    }

    /**
     * {@code MEMBARRIER_CMD_FLAG_CPU}: the barrier goes to the CPU that the third argument names.
     */
    public static final int FLAG_CPU = 1;

    private static final Set<Command> REGISTERED = EnumSet.noneOf(Command.class);

    private Membarrier() {}

    /**
     * Makes the system call as it is.
     *
     * @param command the command
     * @param flags 0, or {@link #FLAG_CPU} with {@link Command#PRIVATE_EXPEDITED_RSEQ}
     * @param cpu the CPU, if the flag says so. A CPU that is offline or does not exist needs no
     *     barrier: the answer is 0. The kernel takes a negative number for all CPUs.
     * @return 0, or a bit mask for {@link Command#QUERY} and {@link Command#GET_REGISTRATIONS}; or
     *     the negative error number: EPERM (1) if not registered, EINVAL (22) if the kernel does
     *     not know command or flags, ENOSYS (38) if it has no membarrier, ENOMEM (12)
     * @throws UnsupportedOperationException if native functions cannot be called; the message says
     *     why
     */
    public static int call(Command command, int flags, int cpu) {
        Availability access = Platform.nativeAccess();
        if (!access.isAvailable()) {
            throw new UnsupportedOperationException("membarrier: " + access.reason());
        }
        int number = Architecture.current().orElseThrow().membarrierNumber();
        return (int) Libc.syscall(number, command.value, flags, cpu, 0);
    }

    /**
     * {@return whether the kernel offers a command}
     *
     * @param command the command
     */
    public static Availability availability(Command command) {
        Availability access = Platform.nativeAccess();
        if (!access.isAvailable()) {
            return access;
        }
        int mask = call(Command.QUERY, 0, 0);
        if (mask < 0) {
            return Availability.unavailable(
                    "membarrier(QUERY) fails with " + Errno.name(-mask),
                    mask == -Errno.ENOSYS
                            ? "use a kernel with CONFIG_MEMBARRIER, or allow membarrier in the seccomp filter"
                            : "allow membarrier in the seccomp filter");
        }
        return command == Command.QUERY || (mask & command.value) != 0
                ? Availability.available()
                : Availability.unavailable("this kernel has no membarrier(" + command + ")", "");
    }

    /** {@return the commands that the kernel offers; empty where it offers none} */
    public static Set<Command> supported() {
        Set<Command> commands = EnumSet.noneOf(Command.class);
        Arrays.stream(Command.values())
                .filter(command -> availability(command).isAvailable())
                .forEach(commands::add);
        return commands;
    }

    /**
     * {@return the registrations that the kernel reports for this process, by whomever made}
     *
     * <p>Linux 6.18 reports {@link Command#REGISTER_PRIVATE_EXPEDITED} after any other private
     * registration, though {@link Command#PRIVATE_EXPEDITED} itself then still fails with EPERM.
     */
    public static Set<Command> registrations() {
        Set<Command> commands = EnumSet.noneOf(Command.class);
        if (availability(Command.GET_REGISTRATIONS).isAvailable()) {
            int mask = Math.max(0, call(Command.GET_REGISTRATIONS, 0, 0));
            Arrays.stream(Command.values())
                    .filter(command -> (mask & command.value) != 0)
                    .forEach(commands::add);
        }
        return commands;
    }

    /**
     * Makes the registration that a command needs, unless it has been made through this class
     * before. The first takes milliseconds, since the kernel waits for an RCU grace period.
     *
     * @param command the command that is to be executed later
     * @throws UnsupportedOperationException if the kernel refuses; the message says why
     */
    public static synchronized void register(Command command) {
        Optional<Command> registration = command.registration();
        if (registration.isPresent() && !REGISTERED.contains(registration.get())) {
            check(registration.get(), call(registration.get(), 0, 0));
            REGISTERED.add(registration.get());
        }
    }

    /**
     * Registers if need be, and executes a command on all CPUs.
     *
     * @param command one of the barriers
     * @throws UnsupportedOperationException if the kernel refuses; the message says why
     */
    public static void fence(Command command) {
        fence(command, 0, 0);
    }

    /**
     * Registers if need be, and aborts the restartable sequences of one CPU, with a full barrier
     * there. When it returns, what a sequence of this process on that CPU has committed is visible
     * to the caller, and a sequence that starts later sees what the caller wrote before.
     *
     * @param cpu the CPU; it may be offline
     * @throws UnsupportedOperationException if the kernel refuses; the message says why
     * @throws IllegalArgumentException if the number is negative
     */
    public static void fenceRseq(int cpu) {
        if (cpu < 0) {
            throw new IllegalArgumentException("cpu: " + cpu + " (expected: >= 0)");
        }
        fence(Command.PRIVATE_EXPEDITED_RSEQ, FLAG_CPU, cpu);
    }

    private static void fence(Command command, int flags, int cpu) {
        int result = call(command, flags, cpu);
        if (result == -Errno.EPERM) {
            register(command);
            result = call(command, flags, cpu);
        }
        // Drafts of FLAG_CPU answered ENXIO for a CPU that is offline; nothing runs there.
        if (result != -Errno.ENXIO) {
            check(command, result);
        }
    }

    private static void check(Command command, int result) {
        if (result < 0) {
            throw new UnsupportedOperationException(
                    "membarrier(" + command + "): " + Errno.name(-result));
        }
    }
}
