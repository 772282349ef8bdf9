// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.OperationVector.Arithmetic;
import dev.cpulocal.OperationVector.Barrier;
import dev.cpulocal.OperationVector.Compare;
import dev.cpulocal.OperationVector.Copy;
import dev.cpulocal.OperationVector.Operation;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.Value.Temporary;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules that every {@link OperationVector} obeys: those of the posted system call. */
final class OperationVectorRules {

    private final String name;
    private final List<Parameter> parameters;
    private final List<Operation> operations;
    private int current = -1;

    private OperationVectorRules(
            String name, List<Parameter> parameters, List<Operation> operations) {
        this.name = name;
        this.parameters = parameters;
        this.operations = operations;
    }

    static void check(String name, List<Parameter> parameters, List<Operation> operations) {
        OperationVectorRules rules = new OperationVectorRules(name, parameters, operations);
        rules.checkShape();
        rules.checkParameters();
        for (rules.current = 0; rules.current < operations.size(); rules.current++) {
            rules.check(operations.get(rules.current));
        }
        rules.current = -1;
        int total = operations.stream().mapToInt(Operation::maxBytes).sum();
        rules.rule(total <= OperationVector.MAX_TOTAL_BYTES, "at most 4216 bytes in all");
    }

    private void checkShape() {
        rule(name.matches("[a-z][a-z0-9_-]*"), "a name is lower-case words joined by - or _");
        rule(operations.size() <= OperationVector.MAX_OPERATIONS, "at most 16 operations");
    }

    private void checkParameters() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            rule(parameter.index() == i, "parameters are numbered in order");
            rule(names.add(parameter.name()), "parameter " + parameter + " is named once");
            boolean sized =
                    switch (parameter.kind()) {
                        case NUMBER -> parameter.sizeBytes() == 0;
                        case ITEM ->
                                parameter.sizeBytes() > 0
                                        && parameter.sizeBytes() <= CpuMemory.MAX_STRIDE_BYTES;
                        case SEGMENT -> parameter.sizeBytes() >= 0;
                    };
            rule(sized, "parameter " + parameter + " has a size that fits its kind");
        }
    }

    private void check(Operation operation) {
        switch (operation) {
            case Compare compare -> {
                rule(
                        compare.condition() == Condition.EQUAL
                                || compare.condition() == Condition.NOT_EQUAL,
                        "a comparison is for equal or not equal");
                checkLength(compare.lengthBytes(), compare.maxBytes());
                checkOperand(compare.left(), compare.maxBytes());
                checkOperand(compare.right(), compare.maxBytes());
            }
            case Copy copy -> {
                checkLength(copy.lengthBytes(), copy.maxBytes());
                checkPlace(copy.to(), copy.maxBytes());
                checkOperand(copy.from(), copy.maxBytes());
            }
            case Arithmetic arithmetic -> {
                checkPlace(arithmetic.to(), arithmetic.width().bytes());
                checkNumber(arithmetic.operand());
                checkOperator(arithmetic);
            }
            case Barrier _ -> {}
        }
    }

    private void checkLength(Value lengthBytes, int maxBytes) {
        checkNumber(lengthBytes);
        rule(
                maxBytes >= 0 && maxBytes <= OperationVector.MAX_OPERAND_BYTES,
                "an operand has 0 to 4096 bytes");
        rule(
                !(lengthBytes instanceof Constant constant)
                        || (constant.value() >= 0 && constant.value() <= maxBytes),
                "a length is at most its bound");
    }

    private void checkOperator(Arithmetic arithmetic) {
        Operator operator = arithmetic.operator();
        rule(operator != Operator.SUBTRACT, "no subtraction: add the negative");
        boolean shift = operator == Operator.SHIFT_LEFT || operator == Operator.SHIFT_RIGHT;
        rule(
                !shift
                        || !(arithmetic.operand() instanceof Constant bits)
                        || (bits.value() >= 0 && bits.value() < arithmetic.width().bytes() * 8L),
                "a shift is by less bits than the operand has");
    }

    private void checkOperand(Operand operand, int bytes) {
        switch (operand) {
            case Place place -> checkPlace(place, bytes);
            case Value number -> {
                checkNumber(number);
                rule(bytes <= Long.BYTES, "a number has at most 8 bytes");
            }
        }
    }

    private void checkPlace(Place place, int bytes) {
        int scale = place.scale();
        rule(scale == 1 || scale == 2 || scale == 4 || scale == 8, "a scale is 1, 2, 4 or 8");
        Parameter base = place.base();
        Value index = place.index();
        Value range = place.range();
        rule(base != null || index != null, "a place has a base or an index");
        if (index != null) {
            checkNumber(index);
        }
        if (range != null) {
            checkNumber(range);
            rule(!place.inSegment(), "a segment is on no CPU");
        }
        if (base != null) {
            checkUse(base);
            rule(base.kind() != Kind.NUMBER, "the base of a place is an item or a segment");
            boolean known = index == null && base.sizeBytes() > 0;
            rule(
                    !known
                            || (place.displacementBytes() >= 0
                                    && place.displacementBytes() <= base.sizeBytes() - bytes),
                    place + " lies inside the " + base.sizeBytes() + " bytes of " + base);
        }
    }

    private void checkNumber(Value value) {
        checkUse(value);
        rule(
                !(value instanceof Parameter parameter) || parameter.kind() == Kind.NUMBER,
                value + " is a number");
    }

    private void checkUse(Value value) {
        rule(!(value instanceof Temporary), "a vector has no temporaries");
        rule(
                !(value instanceof Parameter parameter)
                        || (parameter.index() >= 0
                                && parameter.index() < parameters.size()
                                && parameters.get(parameter.index()).equals(parameter)),
                value + " is a parameter of this vector");
    }

    private void rule(boolean holds, String rule) {
        if (!holds) {
            String at =
                    current < 0
                            ? ""
                            : ", operation " + (current + 1) + " (" + operations.get(current) + ")";
            throw new IllegalArgumentException("operation vector " + name + at + ": " + rule);
        }
    }
}
