// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * A kernel that runs the threads of a process: it preempts them before any line, moves them to
 * other CPUs, signals them, and interrupts them for membarrier.
 *
 * {@snippet lang = java :
 * Model model = Model.build("three threads on two CPUs", m -> {
 *     var kernel = new Kernel(m, Kernel.Config.of(2, 3));
 *     for (String name : List.of("A", "B", "C")) {
 *         kernel.thread(name, c -> kernel.membarrier().privateExpedited(c));
 *     }
 *     m.always("…", …);
 * });
 * }
 */
public final class Kernel {

    /*
     * A thread's program is its user code, interruptible before every line. The kernel is what
     * interrupts it (timer, signals, the interrupt of membarrier) and the system calls it makes. All
     * that runs on the thread's own stack, with interrupts disabled but where membarrier waits.
     *
     * Interrupts are declared in the order in which their programs are made. The signal is first,
     * because its handler may have sections, and the programs of the others must know all sections.
     */

    /**
     * What kind of kernel it is.
     *
     * @param cpus how many CPUs there are
     * @param threads how many threads the process has, at least one for each CPU
     * @param kthreads how many tasks there are that belong to no process
     * @param version the form of rseq
     * @param registered whether threads are registered for rseq from their start
     * @param signals which signals threads get
     * @param flaws what is wrong with it
     */
    public record Config(
            int cpus,
            int threads,
            int kthreads,
            Version version,
            boolean registered,
            Signals signals,
            Set<Flaw> flaws) {

        /** Checks the numbers. */
        public Config {
            if (cpus < 1 || threads < cpus) {
                throw new IllegalArgumentException(
                        "threads: "
                                + threads
                                + " (expected: "
                                + cpus
                                + " or more, one for each CPU)");
            }
            flaws = flaws.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(flaws));
        }

        /** {@return a kernel with nothing wrong, that sends signals any time} */
        public static Config of(int cpus, int threads) {
            return new Config(cpus, threads, 0, Version.CLASSIC, true, Signals.ANY_TIME, Set.of());
        }

        /** {@return the same with another form of rseq} */
        public Config with(Version newVersion) {
            return new Config(cpus, threads, kthreads, newVersion, registered, signals, flaws);
        }

        /** {@return the same with other signals} */
        public Config with(Signals newSignals) {
            return new Config(cpus, threads, kthreads, version, registered, newSignals, flaws);
        }

        /** {@return the same with something wrong} */
        public Config with(Set<Flaw> newFlaws) {
            return new Config(cpus, threads, kthreads, version, registered, signals, newFlaws);
        }

        /** {@return the same with tasks that belong to no process} */
        public Config withKthreads(int newKthreads) {
            return new Config(cpus, threads, newKthreads, version, registered, signals, flaws);
        }

        /** {@return the same, but threads have to register themselves} */
        public Config unregistered() {
            return new Config(cpus, threads, kthreads, version, false, signals, flaws);
        }

        int tasks() {
            return threads + kthreads;
        }

        List<Expr> allCpus() {
            return LongStream.range(0, cpus).mapToObj(Expr::of).toList();
        }
    }

    private final Model.Builder m;
    private final Config config;
    private final Rseq rseq;
    private final Scheduler scheduler;
    private final Membarrier membarrier;
    private final Model.Handler timer;
    private final List<Model.Task> tasks = new ArrayList<>();
    private Consumer<Code> signalHandler = _ -> {};

    /** Adds a kernel to a model. */
    public Kernel(Model.Builder m, Config config) {
        this.m = m;
        this.config = config;
        rseq = Rseq.of(m, config);
        scheduler = new Scheduler(m, config, rseq);
        config.signals().declare(m, this);
        timer =
                m.handler(
                        "timer", task -> isThread(task) ? scheduler.anyWaits() : null, this::tick);
        membarrier = new Membarrier(m, config, rseq, scheduler);
    }

    private void tick(Code c) {
        scheduler.schedule(c, () -> rseq.interruptFromUser(c), () -> rseq.exitToUser(c));
    }

    /** {@return what kind of kernel it is} */
    public Config config() {
        return config;
    }

    /** {@return restartable sequences} */
    public Rseq rseq() {
        return rseq;
    }

    /** {@return membarrier(2)} */
    public Membarrier membarrier() {
        return membarrier;
    }

    /* ------------------------- Tasks ------------------------- */

    /**
     * {@return a new thread of the process} The first ones run, one on each CPU; the others wait.
     *
     * @param name its name in traces
     * @param userCode what it does
     */
    public Model.Task thread(String name, Consumer<Code> userCode) {
        int number = add(config.threads(), "threads");
        boolean runs = number < config.cpus();
        Model.Task task = runs ? m.task(name, number) : m.waitingTask(name);
        tasks.add(task);
        task.runs(c -> {
            if (!runs) {
                c.call(
                        "ret_from_fork",
                        () ->
                                c.withoutInterrupts(
                                        () -> c.atomically(() -> rseq.exitFromSyscall(c))));
            }
            userCode.accept(c);
            scheduler.exit(c);
        });
        return task;
    }

    /**
     * {@return a task that belongs to no process, and gives its CPU to whoever wants it} To be
     * added after all threads.
     *
     * @param name its name in traces
     */
    public Model.Task kthread(String name) {
        add(config.tasks(), "kthreads");
        Model.Task task = m.waitingBackground(name);
        tasks.add(task);
        task.runs(c ->
                c.forever(() -> {
                    c.as("wait until a task wants the CPU").await(scheduler.anyWaits());
                    c.withoutInterrupts(() -> scheduler.schedule(c, () -> {}, () -> {}));
                }));
        return task;
    }

    private int add(int most, String what) {
        if (tasks.size() >= most) {
            throw new IllegalStateException(
                    what + ": one too many (expected: as many as the configuration says)");
        }
        return tasks.size();
    }

    boolean isThread(Model.Task task) {
        return task.number() < config.threads();
    }

    /* ------------------------- Signals ------------------------- */

    /** Says what the handler of {@link Signals#ONE} does. */
    public void onSignal(Consumer<Code> handler) {
        signalHandler = handler;
    }

    void runSignalHandler(Code c) {
        c.call(
                "signal handler",
                () ->
                        c.withInterrupts(
                                List.of(timer, membarrier.interrupt()),
                                () -> signalHandler.accept(c)));
    }
}
