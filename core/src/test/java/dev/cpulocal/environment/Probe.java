// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import dev.cpulocal.Availability;
import dev.cpulocal.Cpu;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Membarrier.Command;
import dev.cpulocal.Rseq;
import dev.cpulocal.SelfTest;
import dev.cpulocal.internal.Errno;

/**
 * Tells what the library finds in its environment, then works with it on many threads.
 *
 * <p>Its argument is how the library is first used: {@code interrupted}, {@code virtual}, {@code
 * inexecutable} for a process that may have no more executable memory, or {@code cpu} to ask for
 * the current CPU and end.
 */
public final class Probe {

    private Probe() {}

    /** Runs it. */
    public static void main(String... arguments) throws InterruptedException {
        switch (arguments.length == 0 ? "" : arguments[0]) {
            case "" -> tellAndWork();
            case "interrupted" -> {
                Thread.currentThread().interrupt();
                Rseq.availability();
                tell("interrupted", Thread.interrupted());
                tellAndWork();
            }
            case "virtual" -> {
                Thread.startVirtualThread(Rseq::availability).join();
                tellAndWork();
            }
            case "inexecutable" -> {
                Filter.deny(
                        Filter.MPROTECT_X64, Errno.EACCES, 2, Filter.PROT_EXEC, Filter.PROT_EXEC);
                tellAndWork();
            }
            case "cpu" -> {
                tell("cpu.first", failure(Cpu::current));
                tell("cpu.second", failure(Cpu::current));
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void tellAndWork() throws InterruptedException {
        tellRseq();
        tellMembarrier();
        Work work = new Work();
        tell("ranges", work.ranges());
        tell("cpu", Cpu.current());
        work.run();
        work.tell();
    }

    private static void tellRseq() {
        tell("threads", Rseq.threads());
        tell("rseq", Rseq.availability());
        tell("concurrencyId", Rseq.concurrencyId().isAvailable());
        tell("owner", Rseq.registration().owner());
        tell("lengthBytes", Rseq.registration().lengthBytes());
        for (SelfTest.Check check : Rseq.selfTest().checks()) {
            tell("check." + check.cause(), check.verdict());
            tell("detail." + check.cause(), check.detail());
        }
    }

    private static void tellMembarrier() {
        tell("membarrier", Membarrier.availability(Command.PRIVATE_EXPEDITED_RSEQ));
        tell("membarrier.call", failure(() -> Membarrier.call(Command.QUERY, 0, 0)));
    }

    private static void tell(String name, Availability availability) {
        tell(name + ".available", availability.isAvailable());
        tell(name + ".reason", availability.reason());
        tell(name + ".remedy", availability.remedy());
    }

    static void tell(String name, Object value) {
        System.out.println(name + "=" + value);
    }

    /** {@return what an action throws, or "none"} */
    static String failure(Runnable action) {
        try {
            action.run();
            return "none";
        } catch (RuntimeException | LinkageError e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }
}
