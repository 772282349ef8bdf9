// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import dev.cpulocal.lab.internal.lkmm.Path.Edge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Follows a thread down all its paths. */
final class PathBuilder {
    private final String file;
    private final Trace trace = new Trace();
    private final Registers registers = new Registers();
    private final ExpressionWalk expressions;

    private PathBuilder(String file, Decisions decisions) {
        this.file = file;
        expressions = new ExpressionWalk(trace, registers, decisions);
    }

    /**
     * {@return all paths of a thread}
     *
     * @param file the file, for errors
     * @param function the thread
     * @param initial what its variables hold at first
     * @throws Refusal if it does something that the model has no word for
     */
    static List<Path> paths(String file, KernelFunction function, Map<String, Term> initial) {
        List<Path> paths = new ArrayList<>();
        Decisions decisions = new Decisions();
        do {
            PathBuilder builder = new PathBuilder(file, decisions);
            initial.forEach(builder.registers::initialize);
            builder.run(function.body());
            paths.add(
                    builder.trace.path(
                            function.thread(),
                            builder.expressions.guards(),
                            builder.registers.terms()));
        } while (decisions.advance());
        return paths;
    }

    private void run(List<Statement> statements) {
        for (Statement statement : statements) {
            trace.begin(statement.line());
            run(statement);
            checkAddresses(statement.line());
        }
    }

    private void checkAddresses(int line) {
        if (!trace.hasRoom()) {
            throw new Refusal(file, line, "thread", "more than 60 accesses are not covered");
        }
        if (trace.goesAstray()) {
            throw new Refusal(
                    file, line, "access", "what it goes to is not the address of a place");
        }
    }

    private void run(Statement statement) {
        switch (statement) {
            case Statement.Assign assign -> assign(assign);
            case Statement.Store store -> store(store);
            case Statement.Barrier(int _, Tag tag) -> trace.barrier(tag);
            case Statement.Update update -> update(update);
            case Statement.Lock(int _, Expression lock) ->
                    expressions.lock(expressions.evaluate(lock));
            case Statement.Unlock(int _, Expression lock) -> access(Kind.UNLOCK, Tag.RELEASE, lock);
            case Statement.Synchronize(int _, Expression domain) ->
                    access(Kind.SYNCHRONIZE, Tag.SYNCHRONIZE_SRCU, domain);
            case Statement.If condition -> branch(condition);
            case Statement.Loop(int line, Expression _, var _, boolean bodyFirst) ->
                    throw new Refusal(
                            file,
                            line,
                            bodyFirst ? "do" : "while",
                            "loops are not covered; --model runs them on a machine");
            case Statement.SystemCall call ->
                    throw new Refusal(
                            file,
                            call.line(),
                            call.name(),
                            "the kernel's memory model does not know it; --model runs it on a"
                                    + " machine");
        }
    }

    private void access(Kind kind, Tag tag, Expression address) {
        trace.add(kind, tag, false, expressions.evaluate(address), null);
    }

    private void assign(Statement.Assign assign) {
        Operand value = expressions.evaluate(assign.value());
        if (assign.target() != null) {
            registers.write(assign.target(), value, trace.loads(value));
        }
    }

    private void store(Statement.Store store) {
        Operand address = expressions.evaluate(store.address());
        Operand value = expressions.evaluate(store.value());
        int event = trace.add(Kind.WRITE, store.tag(), false, address, value.value());
        trace.depends(Edge.Kind.DATA, value, event);
    }

    private void update(Statement.Update update) {
        Operand operand = expressions.evaluate(update.operand());
        Operand address = expressions.evaluate(update.address());
        expressions.update(address, update.operator(), operand, Tag.NORETURN, false);
    }

    private void branch(Statement.If statement) {
        int first = trace.next();
        registers.beginCondition();
        Operand condition = expressions.evaluate(statement.condition());
        long outerChain = registers.branch();
        long outerControl = trace.control();
        long chain = registers.conditionChain();
        registers.setBranch(outerChain | chain);
        trace.setControl(outerControl | chain | trace.loadsSince(first));
        Term term = Term.of(Operator.NOT_EQUAL, condition.value(), Term.Constant.ZERO);
        run(expressions.decide(term) ? statement.then() : statement.otherwise());
        registers.setBranch(outerChain);
        trace.setControl(outerControl);
    }
}
