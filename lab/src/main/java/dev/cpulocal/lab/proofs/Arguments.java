// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Sequence;
import dev.cpulocal.Value;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.lab.Expr;
import java.util.List;

/** The arguments of a call: a number, item or segment for each parameter of the sequence. */
record Arguments(Sequence sequence, List<Argument> values) {

    /** Checks that they fit the parameters. */
    Arguments {
        values = List.copyOf(values);
        List<Parameter> parameters = sequence.parameters();
        if (values.size() != parameters.size()) {
            throw new IllegalArgumentException(
                    sequence
                            + ": "
                            + values.size()
                            + " arguments (expected: "
                            + parameters.size()
                            + ", for "
                            + parameters
                            + ")");
        }
        for (Parameter parameter : parameters) {
            if (kind(values.get(parameter.index())) != parameter.kind()) {
                throw new IllegalArgumentException(
                        sequence
                                + ", parameter "
                                + parameter
                                + ": "
                                + values.get(parameter.index())
                                + " (expected: "
                                + parameter.kind()
                                + ")");
            }
        }
    }

    private static Kind kind(Argument argument) {
        return switch (argument) {
            case Argument.Scalar _ -> Kind.NUMBER;
            case Argument.Item _ -> Kind.ITEM;
            case Argument.Segment _ -> Kind.SEGMENT;
        };
    }

    /** {@return the number that a parameter stands for; of an item, its offset} */
    Expr number(Parameter parameter, RangeMemory memory) {
        return switch (values.get(parameter.index())) {
            case Argument.Scalar number -> number.value();
            case Argument.Item item -> Expr.of(memory.offset(item.name()));
            case Argument.Segment _ ->
                    throw new IllegalArgumentException(
                            sequence + ", " + parameter + ": a segment (expected: a number)");
        };
    }

    /** {@return the segment that a value stands for, if it does} */
    Argument.Segment segment(Value base) {
        return (Argument.Segment) values.get(((Parameter) base).index());
    }
}
