// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import dev.cpulocal.CpuMemory;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Sequences;
import dev.cpulocal.internal.Engine;
import dev.cpulocal.internal.Ranges;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/**
 * A thread holds a range until the thread that waits for it has said so in the log, as it would if
 * a debugger had suspended the holder.
 */
public final class SuspendedHolder {

    private SuspendedHolder() {}

    /** Runs it. */
    public static void main(String... arguments) throws InterruptedException {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        Ranges ranges = new Ranges(Engine.of(IndexMode.CPU_ID), CpuMemory.MIN_STRIDE_BYTES);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread holder =
                Thread.ofVirtual()
                        .name("suspended-holder")
                        .start(() -> {
                            ranges.stop(0);
                            stopped.countDown();
                            await(goOn);
                            ranges.resume(0);
                        });
        stopped.await();
        Object[] addOne = {(long) Ranges.HEADER_BYTES, 1L};
        Thread waiter = new Thread(() -> ranges.execute(0, Sequences.LOAD_ADD_STORE, addOne));
        waiter.start();
        while (!text(log).contains("stopped")) {
            Thread.sleep(10);
        }
        goOn.countDown();
        holder.join();
        waiter.join();
        Probe.tell("log", text(log).replace('\n', '|').replace('=', ':'));
        Probe.tell("sum", ranges.getOpaque(0, Ranges.HEADER_BYTES));
    }

    private static String text(ByteArrayOutputStream log) {
        return log.toString(StandardCharsets.UTF_8);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
