// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Op;
import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Operand;
import dev.cpulocal.OperationVector;
import dev.cpulocal.OperationVector.Arithmetic;
import dev.cpulocal.OperationVector.Compare;
import dev.cpulocal.OperationVector.Copy;
import dev.cpulocal.OperationVector.Operation;
import dev.cpulocal.Place;
import dev.cpulocal.Result;
import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.Value.Temporary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The operation vector that means the same as a sequence, made from the sequence. */
public final class VectorForm {

    /*
     * A vector compares, copies and adds in memory; it has no values of its own. What a sequence only
     * compares or only moves on becomes one operation:
     *
     *     t0 = [cpu + v]; leave if t0 != expect     go on if [cpu + v] == expect
     *     t1 = [cpu + t0]; commit [cpu + v] = t1    [cpu + v] = [cpu + t0]
     *
     * What else it loads is looked at before the vector is executed, becomes an argument, and is
     * compared at the place of the load: if the memory has changed, the vector leaves, and one looks
     * again. So did the library that was posted with cpu_opv where an operation followed a pointer.
     * What is computed becomes an argument too. A place that depends on an index is confined as in
     * machine code; one that hits the header, and a copy that is too long, become a comparison of an
     * argument that is 0 then: the operations before it are executed, as the sequence executes them.
     *
     * Looking ahead cannot see what the sequence itself has written. So a load that follows a store,
     * and is not just compared or moved on, has no form; nor has a sequence that exceeds the limits of
     * vectors. The catalogue has neither.
     *
     * The form serves to show that sequences and operation vectors mean the same, and to be read. The
     * library completes sequences by interpreting them while the range is stopped, where nothing
     * changes and nothing needs to be compared.
     */

    /** What it means when a comparison of the vector fails. */
    private record Failure(long result) {
        /** What was looked at has changed. */
        static final Failure CHANGED = new Failure(Result.ABORTED);

        static final Failure OUT_OF_RANGE = new Failure(Result.OUT_OF_RANGE);
    }

    private final Sequence sequence;
    private final Map<Temporary, Place> moved = new HashMap<>();
    private final List<Parameter> parameters;
    private final List<ToLongFunction<Interpreter>> looked = new ArrayList<>();
    private final Map<Value, Parameter> numbers = new HashMap<>();
    private final List<Operation> operations = new ArrayList<>();
    private final List<@Nullable Failure> failures = new ArrayList<>();
    private final OperationVector vector;

    private VectorForm(Sequence sequence) {
        this.sequence = sequence;
        this.parameters = new ArrayList<>(sequence.parameters());
        int comparisons = 0;
        for (int i = 0; i < sequence.ops().size(); i++) {
            switch (sequence.ops().get(i)) {
                case Op.Load load -> load(load, i);
                case Op.Compute _ -> {}
                case Op.Leave leave -> leave(leave, Result.unequal(comparisons++));
                case Op.Store store ->
                        store(store, store.to(), store.value(), store.width(), Order.RELAXED);
                case Op.Copy copy -> copy(copy);
                case Op.CommitStore commit ->
                        store(commit, commit.to(), commit.value(), commit.width(), commit.order());
                case Op.CommitAdd commit ->
                        add(
                                new Arithmetic(
                                        place(commit, commit.to(), commit.width().bytes()),
                                        Operator.ADD,
                                        number(commit.value()),
                                        commit.width(),
                                        commit.order()),
                                null);
            }
        }
        vector = new OperationVector(sequence.name(), parameters, operations);
    }

    /**
     * {@return the form of a sequence}
     *
     * @param sequence the sequence
     * @throws IllegalArgumentException if it has none; the message says why
     */
    public static VectorForm of(Sequence sequence) {
        return new VectorForm(sequence);
    }

    /** {@return the vector; after the sequence's parameters come those that are looked at} */
    public OperationVector vector() {
        return vector;
    }

    /* ------------------------- Making it ------------------------- */

    private void add(Operation operation, @Nullable Failure failure) {
        operations.add(operation);
        failures.add(failure);
    }

    private void addCheck(Operand left, Condition goOn, Operand right, int bytes, Failure failure) {
        add(new Compare(left, goOn, right, new Constant(bytes), bytes), failure);
    }

    private void load(Op.Load load, int number) {
        Place from = place(load, load.from(), load.width().bytes());
        if (isOnlyComparedOrMoved(load, number)) {
            moved.put(load.result(), from);
        } else if (isStoredBetween(0, number)) {
            throw new IllegalArgumentException(
                    "sequence "
                            + sequence
                            + ", op "
                            + number
                            + " ("
                            + load
                            + "): no operation vector can use what was just stored");
        } else {
            int bytes = load.width().bytes();
            addCheck(from, Condition.EQUAL, number(load.result()), bytes, Failure.CHANGED);
        }
    }

    /** Whether the one use of a load can be an operation on memory, and sees the same there. */
    private boolean isOnlyComparedOrMoved(Op.Load load, int number) {
        int[] users =
                IntStream.range(number + 1, sequence.ops().size())
                        .filter(i -> Uses.read(sequence.ops().get(i)).contains(load.result()))
                        .toArray();
        if (users.length != 1
                || sequence.result().equals(load.result())
                || isStoredBetween(number, users[0])) {
            return false;
        }
        return switch (sequence.ops().get(users[0])) {
            case Op.Leave leave ->
                    load.width() == Width.LONG
                            && !leave.left().equals(leave.right())
                            && (leave.condition() == Condition.EQUAL
                                    || leave.condition() == Condition.NOT_EQUAL);
            case Op.Store store ->
                    store.value().equals(load.result())
                            && !load.result().equals(store.to().index())
                            && store.width() == load.width();
            case Op.CommitStore commit ->
                    commit.value().equals(load.result())
                            && !load.result().equals(commit.to().index())
                            && commit.width() == load.width();
            case Op.Load _, Op.Compute _, Op.Copy _, Op.CommitAdd _ -> false;
        };
    }

    private boolean isStoredBetween(int from, int to) {
        return sequence.ops().subList(from, to).stream()
                .anyMatch(op -> op instanceof Op.Store || op instanceof Op.Copy);
    }

    private void leave(Op.Leave leave, long result) {
        Failure failure = new Failure(result);
        switch (leave.condition()) {
            case EQUAL -> {
                Operand left = operand(leave.left());
                addCheck(left, Condition.NOT_EQUAL, operand(leave.right()), Long.BYTES, failure);
            }
            case NOT_EQUAL -> {
                Operand left = operand(leave.left());
                addCheck(left, Condition.EQUAL, operand(leave.right()), Long.BYTES, failure);
            }
            case BELOW, ABOVE ->
                    addFlag(
                            "stays",
                            look ->
                                    !leave.condition()
                                            .test(
                                                    look.value(leave.left()),
                                                    look.value(leave.right())),
                            failure);
        }
    }

    private void store(Op op, Place to, Value value, Width width, Order order) {
        Place place = place(op, to, width.bytes());
        Constant bytes = new Constant(width.bytes());
        add(new Copy(place, operand(value), bytes, width.bytes(), order), null);
    }

    private void copy(Op.Copy copy) {
        boolean certain =
                copy.to().index() == null
                        && copy.from().index() == null
                        && copy.lengthBytes() instanceof Constant length
                        && Long.compareUnsigned(length.value(), copy.maxBytes()) <= 0;
        Place to = place(copy, copy.to(), 1);
        Value length = copy.lengthBytes();
        if (!certain) {
            addFlag("fits", look -> look.fits(copy), Failure.OUT_OF_RANGE);
            length =
                    parameter(
                            "length",
                            look ->
                                    look.hitsHeader(copy) || !look.fits(copy)
                                            ? 0
                                            : look.value(copy.lengthBytes()));
        }
        add(
                new Copy(to, place(copy, copy.from(), 1), length, copy.maxBytes(), Order.RELAXED),
                null);
    }

    /** Goes on only if something holds when one looks. */
    private void addFlag(String name, Predicate flag, Failure failure) {
        Parameter parameter = parameter(name, look -> flag.test(look) ? 1 : 0);
        addCheck(parameter, Condition.EQUAL, new Constant(1), Long.BYTES, failure);
    }

    private interface Predicate {
        boolean test(Interpreter look);
    }

    /* ------------------------- Operands ------------------------- */

    private Parameter parameter(String name, ToLongFunction<Interpreter> value) {
        int index = parameters.size();
        Parameter parameter = new Parameter(index, name + "_" + index, Kind.NUMBER, 0);
        parameters.add(parameter);
        looked.add(value);
        return parameter;
    }

    private Operand operand(Value value) {
        Place place = value instanceof Temporary temporary ? moved.get(temporary) : null;
        return place == null ? number(value) : place;
    }

    private Value number(Value value) {
        boolean known =
                value instanceof Constant
                        || (value instanceof Parameter parameter
                                && parameter.kind() == Kind.NUMBER);
        return known
                ? value
                : numbers.computeIfAbsent(
                        value, _ -> parameter(value.toString(), look -> look.value(value)));
    }

    /** A place of an op: if it is in the header, the vector leaves before it gets there. */
    private Place place(Op op, Place place, int bytes) {
        if (place.index() == null) {
            return place;
        }
        addFlag("allowed", look -> !look.hitsHeader(op), Failure.OUT_OF_RANGE);
        return Place.offset(
                parameter(
                        "at",
                        look ->
                                look.hitsHeader(op)
                                        ? Ranges.HEADER_BYTES
                                        : look.offsetInRange(place, bytes)),
                0);
    }

    /* ------------------------- Executing it ------------------------- */

    /**
     * Looks and executes the vector, again if what was seen has changed.
     *
     * @param ranges the memory
     * @param range which range
     * @param arguments as for {@link Interpreter#run}
     * @return what the sequence would answer
     */
    public long execute(Ranges ranges, int range, Object[] arguments) {
        while (true) {
            Interpreter look = ranges.look(range, sequence, arguments);
            long result = result(look, ranges.execute(range, vector, all(look, arguments)));
            if (result != Failure.CHANGED.result) {
                return result;
            }
        }
    }

    private Object[] all(Interpreter look, Object[] arguments) {
        Object[] all = Arrays.copyOf(arguments, parameters.size());
        for (int i = 0; i < looked.size(); i++) {
            all[arguments.length + i] = looked.get(i).applyAsLong(look);
        }
        return all;
    }

    private long result(Interpreter look, long answer) {
        if (answer == OperationVector.DONE) {
            return Math.max(look.value(sequence.result()), Result.LEAST_VALUE);
        }
        Failure failure = answer > 0 ? failures.get((int) answer - 1) : null;
        if (failure == null) {
            throw new IllegalStateException(
                    "operation vector " + vector + ": answer " + answer + " has no meaning");
        }
        return failure.result;
    }
}
