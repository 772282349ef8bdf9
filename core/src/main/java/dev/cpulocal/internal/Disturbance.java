// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.CpuSet;

/**
 * What the kernel aborts a section for, done on purpose: the self-test does each once, stress tests
 * do them as storms.
 */
public final class Disturbance {

    private static final int FIRST_REALTIME = 34;
    private static final int LAST_REALTIME = 64;

    private static int signal;

    private Disturbance() {}

    /**
     * Moves a thread by allowing it these CPUs only.
     *
     * @param thread its {@link Libc#gettid}
     * @param cpus where it may run
     * @return whether the kernel did so
     */
    public static boolean migrate(int thread, CpuSet cpus) {
        return Libc.setAffinity(thread, cpus) == 0;
    }

    /**
     * Sends a thread a signal whose handler does nothing.
     *
     * @param thread its {@link Libc#gettid}
     * @return whether it was sent
     */
    public static boolean signal(int thread) {
        int number = harmlessSignal();
        int tgkill = Architecture.current().orElseThrow().tgkillNumber();
        return number != 0 && Libc.syscall(tgkill, Libc.getpid(), thread, number, 0) == 0;
    }

    /**
     * The highest real-time signal that nobody uses, with our handler; 0 if there is none.
     *
     * <p>An ignored signal would not abort a section, so it needs a handler. The handler stays:
     * were the default restored, a signal still on its way would end the process.
     */
    private static synchronized int harmlessSignal() {
        if (signal == 0) {
            for (int number = LAST_REALTIME; number >= FIRST_REALTIME && signal == 0; number--) {
                if (Libc.isDefault(number)) {
                    Machine machine =
                            Architecture.current().flatMap(Architecture::machine).orElseThrow();
                    long address =
                            RseqRuntime.publish("signal_handler", machine.doNothing()).address();
                    signal = Libc.setHandler(number, address) == 0 ? number : 0;
                }
            }
        }
        return signal;
    }
}
