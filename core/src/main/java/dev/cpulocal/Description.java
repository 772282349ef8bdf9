// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The arguments of what is being described. */
abstract sealed class Description permits Sequence.Builder, OperationVector.Builder {

    private final List<Parameter> parameters = new ArrayList<>();

    final List<Parameter> parameters() {
        return parameters;
    }

    /**
     * {@return a new argument: a number}
     *
     * @param name its name in listings
     */
    public Parameter number(String name) {
        return parameter(name, Kind.NUMBER, 0);
    }

    /**
     * {@return a new argument: an item of the memory}
     *
     * @param name its name in listings
     * @param sizeBytes the least size an item must have to be accepted
     */
    public Parameter item(String name, int sizeBytes) {
        return parameter(name, Kind.ITEM, sizeBytes);
    }

    /**
     * {@return a new argument: native memory of the caller}
     *
     * <p>A segment is accepted if all that would be touched lies inside.
     *
     * @param name its name in listings
     */
    public Parameter segment(String name) {
        return parameter(name, Kind.SEGMENT, 0);
    }

    final Parameter parameter(String name, Kind kind, int sizeBytes) {
        Parameter parameter = new Parameter(parameters.size(), name, kind, sizeBytes);
        parameters.add(parameter);
        return parameter;
    }

    /**
     * {@return the constant as a value}
     *
     * @param value the number
     */
    public Value constant(long value) {
        return new Constant(value);
    }

    /** {@return name and parameters, and below them the steps, a line each} */
    static String pseudoCode(String name, List<Parameter> parameters, List<?> steps) {
        StringBuilder text = new StringBuilder(name).append("(");
        for (Parameter parameter : parameters) {
            text.append(parameter.index() == 0 ? "" : ", ")
                    .append(
                            parameter.kind() == Kind.NUMBER
                                    ? ""
                                    : parameter.kind().name().toLowerCase(Locale.ROOT) + " ")
                    .append(parameter.name());
        }
        text.append(")\n");
        for (Object step : steps) {
            text.append("    ").append(step).append('\n');
        }
        return text.toString();
    }
}
