// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.Cells;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.litmus.Steps;
import dev.cpulocal.lab.internal.litmus.SystemCalls;
import dev.cpulocal.lab.internal.litmus.ThreadCode;
import dev.cpulocal.lab.internal.machine.Instruction;
import dev.cpulocal.lab.internal.machine.Instruction.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One thread of a test in the kernel's C, while it is translated for the machine. */
final class MachineThread {

    /*
     * Each access is one step, in the order of the text. Variables are registers; one that nothing
     * assigns is the constant that it holds at first, so most addresses are constants.
     *
     * spin_lock() is a compare-and-exchange with acquire that is repeated until it succeeds, and
     * spin_unlock() a store with release: what the fast path of a queued spin lock does. An attempt that
     * fails leaves nothing behind, so the states are those of the first attempt that succeeds.
     */

    private final String file;
    private final KernelFunction function;
    private final Map<String, Long> initial;
    private final MachineAccesses accesses;
    private final Steps steps = new Steps(() -> register("t"));
    private final Set<String> assigned = new HashSet<>();
    private final Map<String, Expr.Local> variables = new HashMap<>();
    private final List<String> registers = new ArrayList<>();
    private final List<Long> values = new ArrayList<>();
    private int line;
    private int handler = -1;

    MachineThread(
            String file,
            KernelFunction function,
            Map<String, Long> initial,
            Cells cells,
            Lowering lowering) {
        this.file = file;
        this.function = function;
        this.initial = initial;
        accesses = new MachineAccesses(cells, lowering, steps, this::refusal);
        findAssigned(function.body());
    }

    private Expr.Local register(String name) {
        registers.add(name);
        values.add(initial.getOrDefault(name, 0L));
        return new Expr.Local(registers.size() - 1, name);
    }

    private void findAssigned(List<Statement> statements) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Assign(int _, String target, Expression _) when target != null ->
                        assigned.add(target);
                case Statement.If(int _, Expression _, var then, var otherwise) -> {
                    findAssigned(then);
                    findAssigned(otherwise);
                }
                case Statement.Loop loop -> findAssigned(loop.body());
                default -> {}
            }
        }
    }

    /**
     * Translates.
     *
     * @param systemCalls the kernel under it
     * @throws Refusal if it has something that the machine cannot do
     */
    void build(SystemCalls systemCalls) {
        run(function.body(), systemCalls);
        handler = systemCalls.end(function.thread(), steps);
    }

    /** {@return the thread for the machine} */
    ThreadCode code() {
        return new ThreadCode(steps.lines(), registers, values, handler);
    }

    /** {@return what a variable holds in the end, as a property sees it} */
    Expr observe(String name) {
        return assigned.contains(name)
                ? new Expr.LocalOf(function.thread(), variable(name))
                : Expr.of(initial.getOrDefault(name, 0L));
    }

    private Expr.Local variable(String name) {
        return variables.computeIfAbsent(name, this::register);
    }

    private Refusal refusal(String construct) {
        return new Refusal(
                file,
                line,
                construct,
                "not covered on the machine; without --model, LKMM knows it");
    }

    /* ------------------------- Statements ------------------------- */

    private void run(List<Statement> statements, SystemCalls systemCalls) {
        for (Statement statement : statements) {
            line = statement.line();
            steps.say(file + ":" + line);
            run(statement, systemCalls);
        }
    }

    private void run(Statement statement, SystemCalls systemCalls) {
        switch (statement) {
            case Statement.Assign assign -> assign(assign);
            case Statement.Store(int _, Expression address, Expression value, Tag tag) -> {
                Expr to = evaluate(address);
                accesses.store(to, evaluate(value), tag);
            }
            case Statement.Barrier(int _, Tag tag) -> accesses.barrier(tag);
            case Statement.Update(int _, Expression at, Operator operator, Expression operand) -> {
                Expr right = evaluate(operand);
                accesses.update(null, evaluate(at), operator, right, Tag.NORETURN);
            }
            case Statement.Lock(int _, Expression lock) -> lock(evaluate(lock));
            case Statement.Unlock(int _, Expression lock) ->
                    accesses.store(evaluate(lock), Expr.of(0), Tag.RELEASE);
            case Statement.Synchronize _ -> throw refusal("synchronize_srcu");
            case Statement.If condition -> branch(condition, systemCalls);
            case Statement.Loop loop -> repeat(loop, systemCalls);
            case Statement.SystemCall call ->
                    systemCalls.translate(call.call(), function.thread(), steps, call::malformed);
        }
    }

    private void assign(Statement.Assign assign) {
        String target = assign.target();
        if (target != null && assign.value() instanceof Expression.Load(Expression from, Tag tag)) {
            accesses.load(variable(target), evaluate(from), tag);
            return;
        }
        Expr value = evaluate(assign.value());
        if (target != null) {
            steps.emit(new Instruction.Assign(variable(target), value));
        }
    }

    private void branch(Statement.If statement, SystemCalls systemCalls) {
        Expr condition = evaluate(statement.condition());
        if (condition instanceof Expr.Constant(long value)) {
            run(value != 0 ? statement.then() : statement.otherwise(), systemCalls);
            return;
        }
        Expr.Label otherwise = new Expr.Label("else");
        Expr.Label done = new Expr.Label("endif");
        steps.emit(new Instruction.Branch(condition.not(), otherwise, true));
        run(statement.then(), systemCalls);
        steps.emit(new Instruction.Jump(done));
        steps.place(otherwise);
        run(statement.otherwise(), systemCalls);
        steps.place(done);
    }

    private void repeat(Statement.Loop loop, SystemCalls systemCalls) {
        Expr.Label again = new Expr.Label("again");
        Expr.Label done = new Expr.Label("done");
        steps.place(again);
        if (loop.bodyFirst()) {
            run(loop.body(), systemCalls);
        }
        int before = steps.size();
        Expr condition = evaluate(loop.condition());
        if (steps.size() == before) {
            line = loop.line();
            throw refusal("a loop whose condition accesses nothing");
        }
        if (loop.bodyFirst()) {
            steps.emit(new Instruction.Branch(condition, again));
        } else {
            steps.emit(new Instruction.Branch(condition.not(), done, true));
            run(loop.body(), systemCalls);
            steps.emit(new Instruction.Jump(again));
        }
        steps.place(done);
    }

    private void lock(Expr lock) {
        Expr.Label again = new Expr.Label("again");
        steps.place(again);
        Expr.Local held = steps.temporary();
        accesses.tryLock(held, lock);
        steps.emit(new Instruction.Branch(held.ne(0), again));
        accesses.afterLock();
    }

    /* ------------------------- Expressions ------------------------- */

    private Expr evaluate(Expression expression) {
        return switch (expression) {
            case Expression.Literal(int value) -> Expr.of(value);
            case Expression.Variable(String name) ->
                    assigned.contains(name)
                            ? variable(name)
                            : Expr.of(initial.getOrDefault(name, 0L));
            case Expression.Binary(Operator operator, Expression left, Expression right) -> {
                Expr first = evaluate(left);
                yield arithmetic(operator, first, evaluate(right));
            }
            case Expression.Load(Expression from, Tag tag) -> {
                Expr address = evaluate(from);
                Expr.Local to = steps.temporary();
                accesses.load(to, address, tag);
                yield to;
            }
            case Expression.Exchange(Expression at, Expression value, Tag tag) -> {
                Expr address = evaluate(at);
                yield update(address, Operator.SECOND, evaluate(value), tag);
            }
            case Expression.CompareExchange exchange -> compareExchange(exchange);
            case Expression.Fetch(
                            Expression at,
                            Operator operator,
                            Expression operand,
                            Tag tag,
                            boolean updated) -> {
                Expr right = evaluate(operand);
                Expr old = update(evaluate(at), operator, right, tag);
                yield updated ? arithmetic(operator, old, right) : old;
            }
            case Expression.AddUnless _ -> throw refusal("atomic_add_unless");
            case Expression.TryLock(Expression lock) -> {
                Expr address = evaluate(lock);
                Expr.Local held = steps.temporary();
                accesses.tryLock(held, address);
                accesses.afterLock();
                yield held.not();
            }
            case Expression.IsLocked(Expression lock) -> {
                Expr.Local held = steps.temporary();
                accesses.load(held, evaluate(lock), Tag.ONCE);
                yield held.ne(0);
            }
        };
    }

    private Expr update(Expr address, Operator operator, Expr operand, Tag tag) {
        Expr.Local old = steps.temporary();
        accesses.update(old, address, operator, operand, tag);
        return old;
    }

    private Expr compareExchange(Expression.CompareExchange exchange) {
        Expr address = evaluate(exchange.address());
        Expr expected = evaluate(exchange.expected());
        Expr value = evaluate(exchange.value());
        Expr.Local old = steps.temporary();
        accesses.update(
                old,
                address,
                Change.COMPARE_AND_EXCHANGE,
                Operator.SECOND,
                expected,
                value,
                exchange.tag());
        return old;
    }

    /** Of 32 bits, extended by their sign. */
    static Expr arithmetic(Operator operator, Expr left, Expr right) {
        return switch (operator) {
            case ADD -> left.with(Operator.ADD_INT, right);
            case SUBTRACT, MULTIPLY ->
                    left.with(operator, right).with(Operator.SIGN_EXTEND, Expr.of(32));
            default -> left.with(operator, right);
        };
    }
}
