// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Describes what a task does, line by line, in the order of the C code that it stands for.
 *
 * <p>Names carry the memory order: without one an access is relaxed, as {@code READ_ONCE} is.
 * {@link #as} gives the next line the text that traces show; else it is made of the operands.
 * Functions are Java methods that are given the {@code Code}; {@link #call} names them in traces.
 * Not for concurrent use.
 */
public final class Code extends Listing {

    Code(Model.Task task) {
        super(task);
    }

    /** {@return the task that this is the program of} */
    public Model.Task task() {
        return task;
    }

    /* ------------------------- Text ------------------------- */

    /** Sets what traces show for the next line. */
    public Code as(String newText) {
        text = newText;
        return this;
    }

    /**
     * Describes a function.
     *
     * @param name its name
     * @param body what it does
     */
    public void call(String name, Runnable body) {
        scope.add(name);
        body.run();
        scope.removeLast();
    }

    /* ------------------------- Memory ------------------------- */

    /** {@return what a place holds} */
    public Local load(Variable from) {
        return load(from, Expr.of(0));
    }

    /** {@return what an element holds} */
    public Local load(Variable from, Expr index) {
        return load(from, index, Order.PLAIN);
    }

    /** {@return what a place holds; everything later comes after} */
    public Local loadAcquire(Variable from) {
        return loadAcquire(from, Expr.of(0));
    }

    /** {@return what an element holds; everything later comes after} */
    public Local loadAcquire(Variable from, Expr index) {
        return load(from, index, Order.ACQUIRE);
    }

    /** Loads what a place holds into a local variable that is there already. */
    public void loadTo(Local to, Variable from) {
        loadTo(to, from, Expr.of(0));
    }

    /** Loads what an element holds into a local variable that is there already. */
    public void loadTo(Local to, Variable from, Expr index) {
        load(to, from, index, Order.PLAIN);
    }

    private Local load(Variable from, Expr index, Order order) {
        Local to = newLocal();
        load(to, from, index, order);
        return to;
    }

    private void load(Local to, Variable from, Expr index, Order order) {
        String shown = from.describe(index);
        Address address = address(from, index);
        add(
                new Instruction.Load(to, address, order, false),
                to + " = " + (order.acquires() ? "load_acquire(" + shown + ")" : shown));
    }

    /** Stores. */
    public void store(Variable to, long value) {
        store(to, Expr.of(value));
    }

    /** Stores. */
    public void store(Variable to, Expr value) {
        store(to, Expr.of(0), value);
    }

    /** Stores to an element. */
    public void store(Variable to, Expr index, Expr value) {
        store(to, index, value, Order.PLAIN);
    }

    /** Stores; everything earlier comes before. */
    public void storeRelease(Variable to, long value) {
        storeRelease(to, Expr.of(0), Expr.of(value));
    }

    /** Stores to an element; everything earlier comes before. */
    public void storeRelease(Variable to, Expr index, Expr value) {
        store(to, index, value, Order.RELEASE);
    }

    private void store(Variable to, Expr index, Expr value, Order order) {
        String shown =
                order == Order.RELEASE
                        ? "store_release(" + to.describe(index) + ", " + value + ")"
                        : to.describe(index) + " = " + value;
        Expr operand = inRegisters(value);
        Address address = address(to, index);
        add(new Instruction.Store(address, operand, order, null), shown);
    }

    /** {@return what was there before a fully ordered atomic addition} */
    public Local fetchAdd(Variable place, long value) {
        return fetchAdd(place, Expr.of(0), Expr.of(value), Order.FULL);
    }

    /** {@return what was there before an atomic addition of a given order} */
    public Local fetchAdd(Variable place, Expr index, Expr value, Order order) {
        return update(place, index, Change.ARITHMETIC, Operator.ADD, Expr.of(0), value, order);
    }

    /** Adds atomically, with no order. */
    public void add(Variable place, long value) {
        add(place, Expr.of(0), Expr.of(value));
    }

    /** Adds to an element atomically, with no order. */
    public void add(Variable place, Expr index, Expr value) {
        fetchAdd(place, index, value, Order.PLAIN);
    }

    /** {@return what was there before a fully ordered atomic operation} */
    public Local fetch(Operator operator, Variable place, Expr index, Expr value) {
        return update(place, index, Change.ARITHMETIC, operator, Expr.of(0), value, Order.FULL);
    }

    /** {@return what was there before a fully ordered atomic exchange} */
    public Local exchange(Variable place, long value) {
        return exchange(place, Expr.of(0), Expr.of(value), Order.FULL);
    }

    /** {@return what was there before an atomic exchange of a given order} */
    public Local exchange(Variable place, Expr index, Expr value, Order order) {
        return update(place, index, Change.ARITHMETIC, Operator.SECOND, Expr.of(0), value, order);
    }

    /** {@return what was there before a fully ordered compare-and-exchange} */
    public Local compareAndExchange(Variable place, long expected, long value) {
        return compareAndExchange(place, Expr.of(0), Expr.of(expected), Expr.of(value), Order.FULL);
    }

    /** {@return what was there before a compare-and-exchange of a given order} */
    public Local compareAndExchange(
            Variable place, Expr index, Expr expected, Expr value, Order order) {
        return update(
                place, index, Change.COMPARE_AND_EXCHANGE, Operator.SECOND, expected, value, order);
    }

    private Local update(
            Variable place,
            Expr index,
            Change change,
            Operator operator,
            Expr expected,
            Expr value,
            Order order) {
        Local old = newLocal();
        String at = place.describe(index);
        String shown =
                change == Change.COMPARE_AND_EXCHANGE
                        ? "cmpxchg(" + at + ", " + expected + ", " + value + ")"
                        : operator == Operator.SECOND
                                ? "xchg(" + at + ", " + value + ")"
                                : "fetch(" + at + " " + operator.symbol() + "= " + value + ")";
        Expr comparand = inRegisters(expected);
        Expr operand = inRegisters(value);
        add(
                new Instruction.Update(
                        old, address(place, index), change, operator, comparand, operand, order),
                old + " = " + shown);
        return old;
    }

    /** A full barrier: {@code smp_mb()}. */
    public void mb() {
        fence(
                Instruction.READS | Instruction.WRITES,
                Instruction.READS | Instruction.WRITES,
                "smp_mb()");
    }

    /** Orders loads: {@code smp_rmb()}. */
    public void rmb() {
        fence(Instruction.READS, Instruction.READS, "smp_rmb()");
    }

    /** Orders stores: {@code smp_wmb()}. */
    public void wmb() {
        fence(Instruction.WRITES, Instruction.WRITES, "smp_wmb()");
    }

    private void fence(int before, int after, String shown) {
        add(new Instruction.Fence(before, after), shown);
    }

    /* ------------------------- Registers and hardware ------------------------- */

    /** {@return a new local variable} */
    public Local local(String name) {
        return newLocal(name);
    }

    /** {@return a local variable that is given a value} */
    public Local let(String name, Expr value) {
        Local local = local(name);
        set(local, value);
        return local;
    }

    /** Computes a local variable. */
    public void set(Local to, Expr value) {
        add(new Instruction.Assign(to, value), to + " = " + value);
    }

    /**
     * Changes hardware state or a ghost, at once.
     *
     * @param to what, as {@link Variable#get} gives it
     * @param value to what
     */
    public void set(Expr to, Expr value) {
        if (to instanceof Local local) {
            set(local, value);
        } else if (to instanceof Expr.Hardware hardware) {
            add(new Instruction.SetHardware(hardware, value), to + " = " + value);
        } else {
            throw new IllegalArgumentException(
                    "to: " + to + " (expected: hardware state or a local; memory is stored to)");
        }
    }

    /** Changes hardware state or a ghost, at once. */
    public void set(Expr to, long value) {
        set(to, Expr.of(value));
    }

    /** Waits for hardware state. */
    public void await(Expr condition) {
        add(new Instruction.Await(condition), "await " + condition);
    }

    /** {@return any number from 0 to count - 1} */
    public Local choose(String name, int count) {
        return choose(name, count, _ -> Expr.of(1));
    }

    /**
     * {@return any number for which a condition holds; waits for one}
     *
     * @param name its name in traces
     * @param count how many numbers there are, from 0
     * @param condition the condition, of the number and hardware state
     */
    public Local choose(String name, int count, Function<Expr, Expr> condition) {
        Local to = local(name);
        add(new Instruction.Choose(to, count, condition.apply(to)), name + " = any of " + count);
        return to;
    }

    /**
     * Fails the model if a condition does not hold here.
     *
     * @param meaning a sentence that says what must hold
     * @param condition the condition, of locals and hardware state
     */
    public void check(String meaning, Expr condition) {
        add(new Instruction.Check(condition, meaning), "check: " + meaning);
    }

    /** Makes lines one step, with nothing of anybody else between them: no accesses of memory. */
    public void atomically(Runnable body) {
        boolean outer = joined;
        joined = true;
        body.run();
        joined = outer;
        Label end = label("end of step");
        jump(end);
        place(end);
    }

    /* ------------------------- Control flow ------------------------- */

    /** {@return a label that is placed later, or here} */
    public Label label(String name) {
        return new Label(name);
    }

    /** Places a label here. */
    public void place(Label label) {
        label.place(lines.size());
    }

    /** Goes to a label. */
    public void jump(Label target) {
        add(new Instruction.Jump(target), "goto " + target);
    }

    /** Goes to a label if a condition holds. */
    public void jumpIf(Expr condition, Label target) {
        Expr operand = inRegisters(condition);
        add(new Instruction.Branch(operand, target), "if (" + condition + ") goto " + target);
    }

    /** Does something if a condition holds. */
    public void when(Expr condition, Runnable then) {
        Label no = label("endif");
        Expr operand = inRegisters(condition.not());
        add(new Instruction.Branch(operand, no, true), "if (" + condition + ")");
        then.run();
        place(no);
    }

    /** Does one thing if a condition holds, else another. */
    public void when(Expr condition, Runnable then, Runnable otherwise) {
        Label no = label("else");
        Label done = label("endif");
        Expr operand = inRegisters(condition.not());
        add(new Instruction.Branch(operand, no, true), "if (" + condition + ")");
        then.run();
        jump(done);
        place(no);
        otherwise.run();
        place(done);
    }

    /** Does something for ever. */
    public void forever(Runnable body) {
        Label again = label("again");
        place(again);
        body.run();
        jump(again);
    }

    /** Does something again until a condition of what it computes holds. */
    public void until(java.util.function.Supplier<Expr> body) {
        Label again = label("again");
        place(again);
        Expr condition = body.get();
        Expr operand = inRegisters(condition.not());
        add(new Instruction.Branch(operand, again, true), "until (" + condition + ")");
    }

    /* ------------------------- Scheduling ------------------------- */

    /** Makes the CPU run another task from where that one was. */
    public void switchTo(Expr next) {
        add(new Instruction.Switch(next), "switch_to(" + next + ")");
    }

    /**
     * No handler begins before any of these lines, nor before the first: they belong to the line
     * before them, as what a ghost notes of it does.
     *
     * @see #disablingInterrupts
     */
    public void withoutInterrupts(Runnable body) {
        masking(ALL_MASKED, body);
    }

    /**
     * No handler begins once the first of these lines is done, which is {@code
     * local_irq_disable()}, so to speak: before that one may, as before any line, unless the task
     * begins with it.
     */
    public void disablingInterrupts(Runnable body) {
        int first = lines.size();
        masking(ALL_MASKED, body);
        if (first > 0 && first < lines.size()) {
            lines.set(first, lines.get(first).masked(masked));
        }
    }

    /** These handlers, too, can interrupt these lines. */
    public void withInterrupts(List<Model.Handler> handlers, Runnable body) {
        int open = 0;
        for (Model.Handler one : handlers) {
            open |= 1 << one.number();
        }
        masking(masked & ~open, body);
    }

    private void masking(int mask, Runnable body) {
        int outer = masked;
        masked = mask;
        body.run();
        masked = outer;
    }

    /** {@return in a handler, whether it interrupted its task between two labels} */
    public Expr interruptedIn(Label from, Label to) {
        return new Expr.Interrupted(inHandler(), from, to);
    }

    /** Makes the handler return to a label of its task. */
    public void returnTo(Label target) {
        add(new Instruction.SetReturn(inHandler(), target), "ip = " + target);
    }

    private int inHandler() {
        if (handler < 0) {
            throw new IllegalStateException(
                    "task " + task + ": only a handler knows what it interrupted");
        }
        return handler;
    }

    /* ------------------------- Building ------------------------- */

    int handler(int number, String name, Consumer<Code> body) {
        int entry = lines.size();
        int outer = masked;
        handler = number;
        masked = ALL_MASKED;
        call(name, () -> body.accept(this));
        add(new Instruction.Return(number), "return from " + name);
        masked = outer;
        handler = -1;
        return entry;
    }
}
