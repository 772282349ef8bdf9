// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.lkmm.Statement.Barrier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kernel's functions that litmus tests can call, with what they do. */
final class Primitives {

    /*
     * The names follow a system that the tables are made of: an operation, "_return" or "fetch_"
     * for its value, and "_relaxed", "_acquire" or "_release" for an order other than the full one.
     */

    /**
     * A function.
     *
     * @param arguments how many it takes
     * @param meaning what it does
     */
    private record Primitive<T>(int arguments, Function<Call, T> meaning) {
        T apply(Call call) {
            call.checkCount(arguments);
            return meaning.apply(call);
        }
    }

    private static final Map<String, Primitive<Expression>> VALUES = new HashMap<>();
    private static final Map<String, Primitive<List<Statement>>> ACTIONS = new HashMap<>();

    private static final Map<String, Tag> ORDERS =
            Map.of(
                    "",
                    Tag.MB,
                    "_relaxed",
                    Tag.ONCE,
                    "_acquire",
                    Tag.ACQUIRE,
                    "_release",
                    Tag.RELEASE);

    private static final Map<String, Operator> OPERATIONS =
            Map.of(
                    "add", Operator.ADD,
                    "sub", Operator.SUBTRACT,
                    "and", Operator.AND,
                    "or", Operator.OR,
                    "xor", Operator.XOR);

    static {
        loads();
        stores();
        barriers();
        locks();
        srcu();
        ORDERS.forEach(Primitives::exchanges);
        OPERATIONS.forEach(Primitives::operations);
        tests();
    }

    private Primitives() {}

    /** {@return what a call is worth, or null if no such function returns anything} */
    static @Nullable Expression value(Call call) {
        Primitive<Expression> primitive = VALUES.get(call.name());
        return primitive == null ? null : primitive.apply(call);
    }

    /** {@return what a call does, or null if there is no such function} */
    static @Nullable List<Statement> action(Call call) {
        Primitive<List<Statement>> primitive = ACTIONS.get(call.name());
        if (primitive != null) {
            return primitive.apply(call);
        }
        Expression value = value(call);
        return value == null ? null : List.of(new Statement.Assign(call.line(), null, value));
    }

    private static void value(String name, int arguments, Function<Call, Expression> meaning) {
        VALUES.put(name, new Primitive<>(arguments, meaning));
    }

    private static void action(String name, int arguments, Function<Call, Statement> meaning) {
        ACTIONS.put(name, new Primitive<>(arguments, call -> List.of(meaning.apply(call))));
    }

    private static void loads() {
        value("READ_ONCE", 1, c -> new Expression.Load(c.addressOf(0), Tag.ONCE));
        value("rcu_dereference", 1, c -> new Expression.Load(c.addressOf(0), Tag.ONCE));
        value("smp_load_acquire", 1, c -> new Expression.Load(c.get(0), Tag.ACQUIRE));
        value("atomic_read", 1, c -> new Expression.Load(c.get(0), Tag.ONCE));
        value("atomic_read_acquire", 1, c -> new Expression.Load(c.get(0), Tag.ACQUIRE));
    }

    private static void stores() {
        action("WRITE_ONCE", 2, c -> store(c, c.addressOf(0), Tag.ONCE));
        action("rcu_assign_pointer", 2, c -> store(c, c.addressOf(0), Tag.RELEASE));
        action("smp_store_release", 2, c -> store(c, c.get(0), Tag.RELEASE));
        action("atomic_set", 2, c -> store(c, c.get(0), Tag.ONCE));
        action("atomic_set_release", 2, c -> store(c, c.get(0), Tag.RELEASE));
        ACTIONS.put(
                "smp_store_mb",
                new Primitive<>(
                        2,
                        c ->
                                List.of(
                                        store(c, c.addressOf(0), Tag.ONCE),
                                        new Barrier(c.line(), Tag.MB))));
    }

    private static Statement store(Call call, Expression address, Tag tag) {
        return new Statement.Store(call.line(), address, call.get(1), tag);
    }

    private static void barriers() {
        Map<String, Tag> barriers =
                Map.ofEntries(
                        Map.entry("smp_mb", Tag.MB),
                        Map.entry("smp_rmb", Tag.RMB),
                        Map.entry("smp_wmb", Tag.WMB),
                        Map.entry("barrier", Tag.BARRIER),
                        Map.entry("smp_mb__before_atomic", Tag.BEFORE_ATOMIC),
                        Map.entry("smp_mb__after_atomic", Tag.AFTER_ATOMIC),
                        Map.entry("smp_mb__after_spinlock", Tag.AFTER_SPINLOCK),
                        Map.entry("smp_mb__after_unlock_lock", Tag.AFTER_UNLOCK_LOCK),
                        Map.entry("smp_mb__after_srcu_read_unlock", Tag.AFTER_SRCU_READ_UNLOCK),
                        Map.entry("rcu_read_lock", Tag.RCU_LOCK),
                        Map.entry("rcu_read_unlock", Tag.RCU_UNLOCK),
                        Map.entry("synchronize_rcu", Tag.SYNCHRONIZE_RCU),
                        Map.entry("synchronize_rcu_expedited", Tag.SYNCHRONIZE_RCU));
        barriers.forEach((name, tag) -> action(name, 0, c -> new Barrier(c.line(), tag)));
    }

    private static void locks() {
        action("spin_lock", 1, c -> new Statement.Lock(c.line(), c.get(0)));
        action("spin_unlock", 1, c -> new Statement.Unlock(c.line(), c.get(0)));
        value("spin_trylock", 1, c -> new Expression.TryLock(c.get(0)));
        value("spin_is_locked", 1, c -> new Expression.IsLocked(c.get(0)));
    }

    private static void srcu() {
        for (String name : List.of("srcu_read_lock", "srcu_down_read")) {
            value(name, 1, c -> new Expression.Load(c.get(0), Tag.SRCU_LOCK));
        }
        for (String name : List.of("srcu_read_unlock", "srcu_up_read")) {
            action(name, 2, c -> store(c, c.get(0), Tag.SRCU_UNLOCK));
        }
        for (String name : List.of("synchronize_srcu", "synchronize_srcu_expedited")) {
            action(name, 1, c -> new Statement.Synchronize(c.line(), c.get(0)));
        }
    }

    private static void exchanges(String suffix, Tag tag) {
        for (String prefix : List.of("", "atomic_")) {
            value(
                    prefix + "xchg" + suffix,
                    2,
                    c -> new Expression.Exchange(c.get(0), c.get(1), tag));
            value(
                    prefix + "cmpxchg" + suffix,
                    3,
                    c -> new Expression.CompareExchange(c.get(0), c.get(1), c.get(2), tag));
        }
    }

    private static void operations(String name, Operator operator) {
        operation(name, operator, 2, c -> c.get(0));
        switch (operator) {
            case ADD -> operation("inc", operator, 1, c -> new Expression.Literal(1));
            case SUBTRACT -> operation("dec", operator, 1, c -> new Expression.Literal(1));
            case AND -> operation("andnot", operator, 2, c -> complement(c.get(0)));
            default -> {}
        }
    }

    private static Expression complement(Expression value) {
        return new Expression.Binary(Operator.XOR, value, new Expression.Literal(-1));
    }

    /** The operand, if there is one, comes before the place. */
    private static void operation(
            String name, Operator operator, int arguments, Function<Call, Expression> operand) {
        int place = arguments - 1;
        action(
                "atomic_" + name,
                arguments,
                c -> new Statement.Update(c.line(), c.get(place), operator, operand.apply(c)));
        ORDERS.forEach((suffix, tag) -> {
            value(
                    "atomic_fetch_" + name + suffix,
                    arguments,
                    c -> fetch(c, place, operator, operand.apply(c), tag, false));
            if (operator == Operator.ADD || operator == Operator.SUBTRACT) {
                value(
                        "atomic_" + name + "_return" + suffix,
                        arguments,
                        c -> fetch(c, place, operator, operand.apply(c), tag, true));
            }
        });
    }

    private static Expression fetch(
            Call call, int place, Operator operator, Expression operand, Tag tag, boolean updated) {
        return new Expression.Fetch(call.get(place), operator, operand, tag, updated);
    }

    private static void tests() {
        Expression one = new Expression.Literal(1);
        value(
                "atomic_add_unless",
                3,
                c -> new Expression.AddUnless(c.get(0), c.get(1), c.get(2), Tag.MB));
        test("atomic_inc_and_test", 1, Operator.EQUAL, c -> updated(c, Operator.ADD, one, Tag.MB));
        test(
                "atomic_dec_and_test",
                1,
                Operator.EQUAL,
                c -> updated(c, Operator.SUBTRACT, one, Tag.MB));
        test(
                "atomic_sub_and_test",
                2,
                Operator.EQUAL,
                c -> updated(c, Operator.SUBTRACT, c.get(0), Tag.MB));
        ORDERS.forEach((suffix, tag) ->
                test(
                        "atomic_add_negative" + suffix,
                        2,
                        Operator.LESS,
                        c -> updated(c, Operator.ADD, c.get(0), tag)));
    }

    private static Expression updated(Call call, Operator operator, Expression operand, Tag tag) {
        return fetch(call, call.arguments().size() - 1, operator, operand, tag, true);
    }

    private static void test(
            String name, int arguments, Operator comparison, Function<Call, Expression> result) {
        Expression zero = new Expression.Literal(0);
        value(name, arguments, c -> new Expression.Binary(comparison, result.apply(c), zero));
    }
}
