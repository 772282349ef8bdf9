// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The kernel under a test: what threads can ask of it, and where they run. */
public final class SystemCalls {

    /*
     * membarrier()   a full barrier, an interrupt for each other CPU that is seen to run a thread of
     *                the process, and, when all have answered, a full barrier. The thread that is
     *                interrupted, between two of its instructions or after its last one, executes a
     *                full barrier and answers.
     * ipi_mb(n)      the same for CPU n alone, whatever it runs.
     *
     * That is membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) (kernel/sched/membarrier.c: smp_mb(),
     * smp_call_function_many(ipi_mb), smp_mb()). The interrupt itself orders nothing, neither when it
     * is sent nor when it comes.
     *
     * Each sender has a request for each CPU, as call_single_data is per CPU on both sides: 1 when it
     * was sent, 2 when the handler has begun that will answer it. A request that is sent while the
     * handler runs is answered by the next one, not by a barrier that is past.
     */

    private static final int SENT = 1;
    private static final String SCOPE = "ipi_mb";

    private final Placement placement;
    private final Scheduling scheduling;
    private final List<Expr.Variable> requests = new ArrayList<>();
    private final SortedSet<Integer> senders = new TreeSet<>();
    private boolean scheduled;

    /**
     * A kernel.
     *
     * @param placement where threads begin
     */
    public SystemCalls(Placement placement) {
        this.placement = placement;
        scheduling = new Scheduling(placement, 0);
        scheduled = placement.shared();
        int next = placement.threads();
        for (int thread = 0; thread < placement.threads(); thread++) {
            List<Long> none = Collections.nCopies(placement.cpuCount(), 0L);
            requests.add(new Expr.Variable("ipi of P" + thread, next, none, false));
            next += placement.cpuCount();
        }
    }

    /**
     * Appends what a call does.
     *
     * @param malformed makes an error of a sentence
     */
    public void translate(
            SystemCall call, int thread, Steps steps, Function<String, Malformed> malformed) {
        scheduled |= call.isOfScheduler();
        switch (call.name()) {
            case MEMBARRIER -> membarrier(thread, steps);
            case IPI_MB -> {
                checkCpu(call.argument(), thread, malformed);
                interruptOne(call.argument(), thread, steps);
            }
            case SCHEDULE -> {
                if (call.argument() < 0) {
                    scheduling.schedule(thread, steps);
                } else {
                    checkThread(call.argument(), thread, malformed);
                    scheduling.schedule(call.argument(), thread, steps);
                }
            }
            case SWITCH_TO -> {
                checkThread(call.argument(), thread, malformed);
                scheduling.switchTo(call.argument(), thread, steps);
            }
        }
    }

    private void checkCpu(int cpu, int thread, Function<String, Malformed> malformed) {
        boolean isOwn = !placement.shared() && placement.cpus().get(thread) == cpu;
        if (cpu >= placement.cpuCount() || isOwn) {
            throw malformed.apply(
                    "no other CPU (expected: ipi_mb(CPU), 0 to "
                            + (placement.cpuCount() - 1)
                            + ")");
        }
    }

    private void checkThread(int target, int thread, Function<String, Malformed> malformed) {
        if (target >= placement.threads() || target == thread) {
            throw malformed.apply(
                    "no other thread (expected: 0 to " + (placement.threads() - 1) + ")");
        }
    }

    /* ------------------------- Interrupts ------------------------- */

    private void membarrier(int thread, Steps steps) {
        steps.call(
                "membarrier",
                () -> {
                    steps.fullBarrier();
                    interrupt(
                            IntStream.range(0, placement.cpuCount()).boxed().toList(),
                            cpu -> scheduling.runs(placement.processes().get(thread), cpu, steps),
                            thread,
                            steps);
                    steps.fullBarrier();
                });
    }

    private void interruptOne(int cpu, int thread, Steps steps) {
        steps.fullBarrier();
        interrupt(List.of(cpu), _ -> null, thread, steps);
        steps.fullBarrier();
    }

    /**
     * Interrupts those of some CPUs that are others than this one and for which a condition holds.
     */
    private void interrupt(
            List<Integer> cpus, IntFunction<@Nullable Expr> condition, int thread, Steps steps) {
        senders.add(thread);
        boolean moves = scheduled;
        int own = placement.cpus().get(thread);
        List<Integer> others = cpus.stream().filter(cpu -> moves || cpu != own).toList();
        List<Expr> conditions = new ArrayList<>();
        for (int cpu : others) {
            Expr runs = condition.apply(cpu);
            conditions.add(runs == null ? Expr.of(1) : runs);
        }
        Expr here = moves ? steps.let("this_cpu", new Expr.Cpu()) : Expr.of(-1);
        for (int i = 0; i < others.size(); i++) {
            Expr.Hardware request = request(thread, Expr.of(others.get(i)));
            Expr needed = here.ne(others.get(i)).and(conditions.get(i));
            steps.when(needed, () -> send(request, steps));
        }
        for (int cpu : others) {
            Expr.Hardware request = request(thread, Expr.of(cpu));
            steps.emit("wait for it", new Instruction.Await(request.eq(0)));
        }
    }

    private static void send(Expr.Hardware request, Steps steps) {
        steps.emit(
                "smp_call_function_single(cpu)",
                new Instruction.SetHardware(request, Expr.of(SENT)));
    }

    private Expr.Hardware request(int sender, Expr cpu) {
        return new Expr.Hardware(requests.get(sender), cpu);
    }

    private void handler(Steps steps) {
        steps.call(
                SCOPE,
                () ->
                        steps.withoutInterrupts(() -> {
                            answer(steps, "take it", asked -> asked.times(2));
                            steps.fullBarrier();
                            answer(steps, "csd_unlock()", asked -> asked.eq(SENT));
                            steps.emit("return", new Instruction.Return(0));
                        }));
    }

    private void answer(Steps steps, String text, Function<Expr, Expr> change) {
        steps.atomically(() -> {
            for (int sender : senders) {
                Expr.Hardware asked = request(sender, new Expr.Cpu());
                steps.emit(text, new Instruction.SetHardware(asked, change.apply(asked)));
            }
        });
    }

    /* ------------------------- The program around them ------------------------- */

    /** Appends the end of a thread. {@return where its handler begins; -1 if it has none} */
    public int end(int thread, Steps steps) {
        if (scheduled) {
            scheduling.exit(thread, steps);
        }
        steps.emit("end", new Instruction.End());
        if (senders.isEmpty()) {
            return -1;
        }
        int entry = steps.size();
        handler(steps);
        return entry;
    }

    /**
     * {@return what it has in memory beside the places of the test}
     *
     * @param locations how many places the test has
     */
    public List<Expr.Variable> memory(int locations) {
        return placement.hasProcesses() ? List.of(scheduling.placeCurr(locations)) : List.of();
    }

    List<Program.Handler> handlers() {
        if (senders.isEmpty()) {
            return List.of();
        }
        Expr asked =
                Expr.any(
                        senders.stream()
                                .map(sender -> request(sender, new Expr.Cpu()).eq(SENT))
                                .toArray(Expr[]::new));
        return List.of(
                new Program.Handler("ipi", Collections.nCopies(placement.threads(), asked), true));
    }

    List<Expr.Variable> hardware() {
        if (!scheduled && senders.isEmpty()) {
            return List.of();
        }
        List<Expr.Variable> hardware = new ArrayList<>();
        hardware.add(scheduling.waits());
        hardware.addAll(requests);
        return hardware;
    }

    List<Integer> running() {
        return placement.running();
    }
}
