// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.naive;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import dev.cpulocal.lab.internal.machine.Instruction.Line;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.naive.State.Store;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the steps of a program under SC, TSO and PSO, as the words define them. */
public final class NaiveMachine {

    /*
     * Independent of the machine that it is compared with: nothing is packed, reused or left out,
     * each state is an object of its own, registers are kept for ever. A step is what the essay of
     * Machine says: a line, and those after it that are of registers only or barriers with nothing to
     * wait for; or a store that leaves a buffer; or a handler that begins.
     */

    /** Who takes a step. */
    public record Actor(Role role, int number, int cpu) {}

    /** What an actor is. */
    public enum Role {
        /** A task: its number. */
        TASK,
        /** A buffer of which the oldest store leaves. */
        BUFFER,
        /** A buffer of which another store leaves. */
        OVERTAKING,
        /** A handler: its number. */
        HANDLER
    }

    /**
     * A step.
     *
     * @param broken the sentence of a check that does not hold; else null
     */
    public record Step(Actor actor, State next, @Nullable String broken) {}

    /** What is wrong with a machine, to see that comparisons find it. */
    public enum Flaw {
        NONE,
        /** A load takes the oldest store of its own that is held back, not the youngest. */
        FORWARDS_OLDEST,
        /** A load does not look at what is held back. */
        FORWARDS_NOTHING,
        /** A full barrier does not wait. */
        BARRIER_DOES_NOT_WAIT,
        /** A barrier between stores is none. */
        NO_STORE_BARRIER,
        /** An atomic update does not wait for older stores. */
        UPDATE_DOES_NOT_WAIT,
        /** A compare-and-exchange stores in any case. */
        COMPARES_NOTHING,
        /** Stores to one place leave in any order. */
        PLACE_OUT_OF_ORDER
    }

    /** A state in the making. */
    private static final class Moment {
        final State state;
        @Nullable String broken;

        Moment(State state, @Nullable String broken) {
            this.state = state;
            this.broken = broken;
        }

        Moment copy() {
            return new Moment(state.copy(), broken);
        }
    }

    private final Program program;
    private final MemoryModel model;
    private final Flaw flaw;
    private final Values values;

    /** A machine without flaws. */
    public NaiveMachine(Program program, MemoryModel model) {
        this(program, model, Flaw.NONE);
    }

    /** A machine with a flaw. */
    public NaiveMachine(Program program, MemoryModel model, Flaw flaw) {
        this.program = program;
        this.model = model;
        this.flaw = flaw;
        this.values = new Values(program);
    }

    /** {@return the way to the first state: what tasks do at once} */
    public Step begin() {
        Moment first = new Moment(new State(program), null);
        for (int cpu = 0; cpu < first.state.running.length; cpu++) {
            settle(first, cpu);
        }
        return new Step(
                new Actor(Role.TASK, first.state.running[0], -1), first.state, first.broken);
    }

    /** {@return all steps from a state} */
    public List<Step> steps(State state) {
        List<Step> steps = new ArrayList<>();
        for (int cpu = 0; cpu < state.running.length; cpu++) {
            performances(state, cpu, steps);
            interrupts(state, cpu, steps);
            int task = state.running[cpu];
            List<Moment> ends = new ArrayList<>();
            run(new Moment(state.copy(), null), cpu, ends);
            for (Moment end : ends) {
                steps.add(new Step(new Actor(Role.TASK, task, -1), end.state, end.broken));
            }
        }
        return steps;
    }

    /** {@return whether all tasks have ended that have to, and nothing is held back} */
    public boolean isFinal(State state) {
        for (int task = 0; task < state.at.length; task++) {
            if (!program.tasks().get(task).background() && !values.isEnded(state, task)) {
                return false;
            }
        }
        return state.held.stream().allMatch(List::isEmpty);
    }

    private void interrupts(State state, int cpu, List<Step> steps) {
        for (int handler = 0; handler < program.handlers().size(); handler++) {
            if (canInterrupt(state, cpu, handler)) {
                Moment next = new Moment(interrupt(state, cpu, handler), null);
                settle(next, cpu);
                Actor actor = new Actor(Role.HANDLER, handler, cpu);
                steps.add(new Step(actor, next.state, next.broken));
            }
        }
    }

    private boolean canInterrupt(State state, int cpu, int handler) {
        int task = state.running[cpu];
        var guard = program.handlers().get(handler).guards().get(task);
        return guard != null
                && (line(state, cpu).masked() & 1 << handler) == 0
                && state.interrupted[task][handler] < 0
                && values.of(guard, state, task, cpu) != 0;
    }

    /** {@return the state in which a handler has begun} */
    State interrupt(State state, int cpu, int handler) {
        State next = state.copy();
        int task = state.running[cpu];
        next.interrupted[task][handler] = state.at[task];
        next.at[task] = program.tasks().get(task).entries().get(handler);
        return next;
    }

    /* ------------------------- Executing ------------------------- */

    Line line(State state, int cpu) {
        int task = state.running[cpu];
        return program.tasks().get(task).lines().get(state.at[task]);
    }

    private void run(Moment moment, int cpu, List<Moment> ends) {
        Line line = line(moment.state, cpu);
        List<Moment> after = new ArrayList<>();
        if (line.instruction() instanceof Instruction.Choose choose) {
            after.addAll(choose(moment, cpu, choose));
        } else if (execute(moment, cpu)) {
            after.add(moment);
        }
        for (Moment next : after) {
            if (line.joined() && !(line.instruction() instanceof Instruction.Switch)) {
                run(next, cpu, ends);
            } else {
                settle(next, cpu);
                ends.add(next);
            }
        }
    }

    private List<Moment> choose(Moment moment, int cpu, Instruction.Choose choose) {
        List<Moment> chosen = new ArrayList<>();
        int task = moment.state.running[cpu];
        for (long number = 0; number < choose.count(); number++) {
            Moment next = moment.copy();
            next.state.registers[task][choose.to().index()] = number;
            if (values.of(choose.condition(), next.state, task, cpu) != 0) {
                next.state.at[task]++;
                chosen.add(next);
            }
        }
        return chosen;
    }

    /** Goes on with what is no step of its own. */
    private void settle(Moment moment, int cpu) {
        while (isSettled(line(moment.state, cpu)) && execute(moment, cpu)) {}
    }

    static boolean isSettled(Line line) {
        return !line.joined()
                && switch (line.instruction()) {
                    case Instruction.Assign assign -> Values.isOfRegisters(assign.value());
                    case Instruction.Check check -> Values.isOfRegisters(check.condition());
                    case Instruction.Branch _, Instruction.Jump _, Instruction.Fence _ -> true;
                    default -> false;
                };
    }

    /** Executes a line. {@return whether it can be} */
    private boolean execute(Moment moment, int cpu) {
        Instruction instruction = line(moment.state, cpu).instruction();
        if (instruction instanceof Instruction.Check check) {
            boolean holds =
                    values.of(check.condition(), moment.state, moment.state.running[cpu], cpu) != 0;
            moment.broken = holds || moment.broken != null ? moment.broken : check.message();
        }
        return execute(moment.state, cpu, instruction);
    }

    /** Executes a line that is no choice. {@return whether it can be} */
    boolean execute(State state, int cpu, Instruction instruction) {
        int task = state.running[cpu];
        long[] registers = state.registers[task];
        switch (instruction) {
            case Instruction.Load load ->
                    registers[load.to().index()] = load(state, cpu, place(load.from(), state, cpu));
            case Instruction.Store store -> store(state, cpu, store);
            case Instruction.Update update -> {
                if (!update(state, cpu, update)) {
                    return false;
                }
            }
            case Instruction.Fence fence -> {
                if (!fence(state, cpu, fence)) {
                    return false;
                }
            }
            case Instruction.Assign assign ->
                    registers[assign.to().index()] = values.of(assign.value(), state, task, cpu);
            case Instruction.SetHardware set -> {
                long value = values.of(set.value(), state, task, cpu);
                long index = values.of(set.to().index(), state, task, cpu);
                state.hardware[Values.place(set.to().variable(), index)] = value;
            }
            case Instruction.Branch branch -> {
                if (values.of(branch.condition(), state, task, cpu) != 0) {
                    state.at[task] = branch.target().position();
                    return true;
                }
            }
            case Instruction.Jump jump -> {
                state.at[task] = jump.target().position();
                return true;
            }
            case Instruction.Await await -> {
                if (values.of(await.condition(), state, task, cpu) == 0) {
                    return false;
                }
            }
            case Instruction.Switch to -> {
                state.running[cpu] = (int) values.of(to.task(), state, task, cpu);
                state.at[task] = afterSwitch(task, state.at[task] + 1);
                return true;
            }
            case Instruction.Return end -> {
                state.at[task] = state.interrupted[task][end.handler()];
                state.interrupted[task][end.handler()] = -1;
                return true;
            }
            case Instruction.SetReturn set ->
                    state.interrupted[task][set.handler()] = set.target().position();
            case Instruction.Check _ -> {}
            default -> {
                return false;
            }
        }
        state.at[task]++;
        return true;
    }

    /** A group of lines that is one step ends with a jump to the line after it. */
    private int afterSwitch(int task, int number) {
        Line line = program.tasks().get(task).lines().get(number);
        boolean closes =
                !line.joined()
                        && line.instruction() instanceof Instruction.Jump jump
                        && jump.target().position() == number + 1;
        return closes ? number + 1 : number;
    }

    private int place(Address address, State state, int cpu) {
        return switch (address) {
            case Address.Direct direct -> direct.location();
            case Address.Element element ->
                    Values.place(
                            element.array(),
                            values.of(element.index(), state, state.running[cpu], cpu));
            case Address.Computed _ -> throw new IllegalArgumentException("of litmus tests only");
        };
    }

    /* ------------------------- Memory ------------------------- */

    private long load(State state, int cpu, int place) {
        long value = state.memory[place];
        List<Store> held = state.held.get(cpu);
        if (flaw == Flaw.FORWARDS_NOTHING) {
            return value;
        }
        for (Store store : flaw == Flaw.FORWARDS_OLDEST ? held.reversed() : held) {
            value = store.location() == place ? store.value() : value;
        }
        return value;
    }

    private void store(State state, int cpu, Instruction.Store store) {
        int place = place(store.to(), state, cpu);
        long value = values.of(store.value(), state, state.running[cpu], cpu);
        if (model == MemoryModel.SC) {
            state.memory[place] = value;
            return;
        }
        if (store.order().releases()) {
            separate(state, cpu);
        }
        state.held.get(cpu).add(new Store(place, value));
    }

    /** Keeps later stores behind those that are held back now. */
    private void separate(State state, int cpu) {
        List<Store> held = state.held.get(cpu);
        boolean needed = !held.isEmpty() && !held.getLast().equals(Store.BARRIER);
        if (model == MemoryModel.PSO && needed && flaw != Flaw.NO_STORE_BARRIER) {
            held.add(Store.BARRIER);
        }
    }

    private boolean fence(State state, int cpu, Instruction.Fence fence) {
        boolean writes = (fence.before() & Instruction.WRITES) != 0;
        if (writes && (fence.after() & Instruction.READS) != 0) {
            return state.held.get(cpu).isEmpty() || flaw == Flaw.BARRIER_DOES_NOT_WAIT;
        }
        if (writes) {
            separate(state, cpu);
        }
        return true;
    }

    private boolean update(State state, int cpu, Instruction.Update update) {
        int place = place(update.place(), state, cpu);
        List<Store> held = state.held.get(cpu);
        boolean waits =
                (model == MemoryModel.PSO && !update.order().releases())
                        ? held.stream()
                                .anyMatch(
                                        one -> one.location() == place || one.equals(Store.BARRIER))
                        : !held.isEmpty();
        if (waits && flaw != Flaw.UPDATE_DOES_NOT_WAIT) {
            return false;
        }
        int task = state.running[cpu];
        long old = state.memory[place];
        long operand = values.of(update.operand(), state, task, cpu);
        boolean stores =
                update.change() == Change.ARITHMETIC
                        || flaw == Flaw.COMPARES_NOTHING
                        || old == values.of(update.expected(), state, task, cpu);
        if (stores) {
            state.memory[place] = update.operator().apply(old, operand);
        }
        if (update.old() != null) {
            state.registers[task][update.old().index()] = old;
        }
        return true;
    }

    private void performances(State state, int cpu, List<Step> steps) {
        for (int i = 0; i < state.held.get(cpu).size(); i++) {
            if (canLeave(state.held.get(cpu), i)) {
                Moment next = new Moment(perform(state, cpu, i), null);
                settle(next, cpu);
                Role role = i == 0 ? Role.BUFFER : Role.OVERTAKING;
                steps.add(new Step(new Actor(role, cpu, -1), next.state, next.broken));
            }
        }
    }

    boolean canLeave(List<Store> held, int which) {
        Store store = held.get(which);
        if (store.equals(Store.BARRIER) || (which > 0 && model == MemoryModel.TSO)) {
            return false;
        }
        return held.subList(0, which).stream()
                .noneMatch(older ->
                        older.equals(Store.BARRIER)
                                || (older.location() == store.location()
                                        && flaw != Flaw.PLACE_OUT_OF_ORDER));
    }

    /** {@return the state in which a store has left} */
    State perform(State state, int cpu, int which) {
        State next = state.copy();
        List<Store> held = next.held.get(cpu);
        Store store = held.remove(which);
        next.memory[store.location()] = store.value();
        while (!held.isEmpty() && held.getFirst().equals(Store.BARRIER)) {
            held.removeFirst();
        }
        return next;
    }
}
