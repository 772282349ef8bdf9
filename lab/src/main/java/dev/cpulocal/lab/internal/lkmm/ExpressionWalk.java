// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.lkmm.Event.Kind;
import dev.cpulocal.lab.internal.lkmm.Path.Edge;
import java.util.ArrayList;
import java.util.List;

/** Evaluates the expressions of one path. */
final class ExpressionWalk {

    /*
     * Which operand depends on which event, and in which order the events of one expression come,
     * follows herd, where it is part of the meaning of each primitive. Two loads on both sides of
     * an operator, for example, are in no order at all.
     */

    private final Trace trace;
    private final Registers registers;
    private final Decisions decisions;
    private final List<Path.Guard> guards = new ArrayList<>();

    ExpressionWalk(Trace trace, Registers registers, Decisions decisions) {
        this.trace = trace;
        this.registers = registers;
        this.decisions = decisions;
    }

    /** {@return what has been decided} */
    List<Path.Guard> guards() {
        return guards;
    }

    /** {@return whether a condition holds on this path} */
    boolean decide(Term term) {
        if (term instanceof Term.Constant(long value)) {
            return value != 0;
        }
        boolean holds = decisions.decide();
        guard(term, holds);
        return holds;
    }

    private void guard(Term term, boolean holds) {
        guards.add(new Path.Guard(trace.line(), term, holds));
    }

    /** {@return the value of an expression} */
    Operand evaluate(Expression expression) {
        return switch (expression) {
            case Expression.Literal(int value) -> Operand.of(new Term.Constant(value));
            case Expression.Variable(String name) -> registers.read(name);
            case Expression.Binary binary -> binary(binary);
            case Expression.Load(Expression address, Tag tag) ->
                    loaded(trace.add(Kind.READ, tag, false, evaluate(address), null));
            case Expression.Exchange exchange -> exchange(exchange);
            case Expression.CompareExchange exchange -> compareExchange(exchange);
            case Expression.Fetch fetch -> fetch(fetch);
            case Expression.AddUnless add -> addUnless(add);
            case Expression.TryLock(Expression address) -> tryLock(evaluate(address));
            case Expression.IsLocked(Expression address) -> isLocked(evaluate(address));
        };
    }

    private Operand binary(Expression.Binary binary) {
        Operand left = evaluate(binary.left());
        Operand right = evaluate(binary.right());
        return left.and(right).with(Term.of(binary.operator(), left.value(), right.value()));
    }

    private Operand loaded(int event) {
        return Operand.of(new Term.Loaded(event), event);
    }

    /** The load of an atomic operation. */
    private Operand load(Operand address, Tag tag) {
        return loaded(trace.add(Kind.READ, tag, true, address, null));
    }

    /** The load of an atomic operation that goes on only if it loads a certain value. */
    private Operand load(Operand address, Tag tag, Term value) {
        return loaded(trace.add(Kind.READ, tag, true, address, value));
    }

    private static int source(Operand loaded) {
        return Long.numberOfTrailingZeros(loaded.sources());
    }

    private int store(Operand address, Operand value, Tag tag, Operand old) {
        int event = trace.add(Kind.WRITE, tag, true, address, value.value());
        trace.depends(Edge.Kind.DATA, value, event);
        trace.pair(source(old), event);
        return event;
    }

    private Operand exchange(Expression.Exchange exchange) {
        Operand address = evaluate(exchange.address());
        Operand value = evaluate(exchange.value());
        Operand old = load(address, exchange.tag());
        store(address, value, exchange.tag(), old);
        return old;
    }

    private Operand compareExchange(Expression.CompareExchange exchange) {
        Operand address = evaluate(exchange.address());
        Operand expected = evaluate(exchange.expected());
        if (decisions.decide()) {
            Operand old = load(address, exchange.tag(), expected.value());
            int write = store(address, evaluate(exchange.value()), exchange.tag(), old);
            trace.follows(expected, write);
            return old;
        }
        Operand old = load(address, exchange.tag());
        guard(Term.of(Operator.EQUAL, old.value(), expected.value()), false);
        return old;
    }

    private Operand fetch(Expression.Fetch fetch) {
        Operand operand = evaluate(fetch.operand());
        Operand address = evaluate(fetch.address());
        return update(address, fetch.operator(), operand, fetch.tag(), fetch.updated());
    }

    /** Arithmetic in memory. The store depends on its address only through the load. */
    Operand update(Operand address, Operator operator, Operand operand, Tag tag, boolean updated) {
        Operand old = load(address, tag);
        Term sum = Term.of(operator, old.value(), operand.value());
        int write = store(Operand.of(address.value()), operand.with(sum), tag, old);
        trace.data(source(old), write);
        return old.and(operand).with(updated ? sum : old.value());
    }

    private Operand addUnless(Expression.AddUnless add) {
        Operand address = evaluate(add.address());
        Operand forbidden = evaluate(add.forbidden());
        if (!decisions.decide()) {
            return load(address, add.tag(), forbidden.value())
                    .and(forbidden)
                    .with(Term.Constant.ZERO);
        }
        Operand old = load(address, add.tag());
        guard(Term.of(Operator.EQUAL, old.value(), forbidden.value()), false);
        Operand addend = evaluate(add.addend());
        Term sum = Term.of(Operator.ADD, old.value(), addend.value());
        int write = store(address, addend.with(sum), add.tag(), old);
        trace.data(source(old), write);
        trace.follows(forbidden, write);
        return old.and(forbidden).with(Term.Constant.ONE);
    }

    /** Takes a lock. {@return the number of the event that does} */
    int lock(Operand address) {
        int read = trace.add(Kind.LOCK_READ, Tag.PLAIN, false, address, null);
        int write = trace.add(Kind.LOCK_WRITE, Tag.PLAIN, false, address, null);
        trace.pair(read, write);
        return write;
    }

    private Operand tryLock(Operand address) {
        if (decisions.decide()) {
            return Operand.of(Term.Constant.ONE, lock(address));
        }
        int busy = trace.add(Kind.BUSY, Tag.PLAIN, false, address, null);
        return Operand.of(Term.Constant.ZERO, busy);
    }

    private Operand isLocked(Operand address) {
        boolean taken = decisions.decide();
        Kind kind = taken ? Kind.BUSY : Kind.FREE;
        int event = trace.add(kind, Tag.PLAIN, false, address, null);
        return Operand.of(taken ? Term.Constant.ONE : Term.Constant.ZERO, event);
    }
}
