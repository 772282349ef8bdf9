// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Op.Width;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.Value.Temporary;
import dev.cpulocal.internal.Uses;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules that every {@link Sequence} obeys. */
final class SequenceRules {

    private final String name;
    private final List<Parameter> parameters;
    private final List<Op> ops;
    private final Set<Temporary> defined = new HashSet<>();
    private int current = -1;

    private SequenceRules(String name, List<Parameter> parameters, List<Op> ops) {
        this.name = name;
        this.parameters = parameters;
        this.ops = ops;
    }

    static void check(String name, List<Parameter> parameters, List<Op> ops, Value result) {
        SequenceRules rules = new SequenceRules(name, parameters, ops);
        rules.checkShape();
        rules.checkParameters();
        for (rules.current = 0; rules.current < ops.size(); rules.current++) {
            rules.checkOp(ops.get(rules.current));
        }
        rules.current = -1;
        rules.checkNumber(result);
        rules.rule(
                !(result instanceof Constant constant) || constant.value() >= Result.LEAST_VALUE,
                result,
                "is a value that can be returned, not a code");
        rules.checkLiveValues(result);
    }

    private void checkShape() {
        rule(name.matches("[a-z][a-z0-9_-]*"), "a name is lower-case words joined by - or _");
        rule(parameters.size() <= Sequence.MAX_PARAMETERS, "at most 6 parameters");
        rule(ops.size() <= Sequence.MAX_OPS, "at most 64 ops");
        rule(!ops.isEmpty(), "the last op is the commit, and there is none");
        long comparisons = ops.stream().filter(Op.Leave.class::isInstance).count();
        rule(comparisons <= Result.MAX_COMPARISONS, "at most 16 comparisons");
        for (current = 0; current < ops.size() - 1; current++) {
            rule(!(ops.get(current) instanceof Op.Commit), "only the last op commits");
        }
        rule(ops.getLast() instanceof Op.Commit, "the last op is the commit");
        current = -1;
    }

    private void checkParameters() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            rule(parameter.index() == i, "parameters are numbered in order");
            if (!names.add(parameter.name())) {
                broken("parameter " + parameter + " is named once");
            }
            boolean sized =
                    parameter.sizeBytes() > 0
                            && parameter.sizeBytes() <= CpuMemory.MAX_STRIDE_BYTES;
            if (parameter.kind() == Kind.ITEM ? !sized : parameter.sizeBytes() != 0) {
                broken("parameter " + parameter + " has a positive size exactly if it is an item");
            }
        }
    }

    private void checkOp(Op op) {
        switch (op) {
            case Op.Load load -> {
                checkPlace(load.from(), load.width().bytes(), load.width());
                define(load.result());
            }
            case Op.Compute compute -> {
                checkNumber(compute.left());
                checkNumber(compute.right());
                checkShift(compute);
                define(compute.result());
            }
            case Op.Leave leave -> {
                checkNumber(leave.left());
                checkNumber(leave.right());
            }
            case Op.Store store -> {
                checkNumber(store.value());
                checkPlace(store.to(), store.width().bytes(), store.width());
                checkSpeculative(store.to(), store.width().bytes());
            }
            case Op.Copy copy -> {
                checkNumber(copy.lengthBytes());
                rule(
                        copy.maxBytes() >= 1 && copy.maxBytes() <= Sequence.MAX_COPY_BYTES,
                        "a copy is bounded by 1 to 4096 bytes");
                checkPlace(copy.to(), copy.maxBytes(), Width.BYTE);
                checkPlace(copy.from(), copy.maxBytes(), Width.BYTE);
                checkSpeculative(copy.to(), copy.maxBytes());
            }
            case Op.Commit commit -> {
                checkNumber(commit.value());
                checkPlace(commit.to(), commit.width().bytes(), commit.width());
                rule(!commit.to().inSegment(), "the commit goes to the memory of the CPU");
            }
        }
    }

    /** As far as can be told: two items may be the same one, and an index is not known here. */
    private void checkSpeculative(Place to, int bytes) {
        Op.Commit commit = (Op.Commit) ops.getLast();
        Place other = commit.to();
        boolean comparable =
                Objects.equals(to.base(), other.base())
                        && Objects.equals(to.index(), other.index())
                        && to.scale() == other.scale();
        long distance = (long) to.displacementBytes() - other.displacementBytes();
        rule(
                !comparable || distance >= commit.width().bytes() || -distance >= bytes,
                "a speculative store goes elsewhere than the commit");
    }

    private void checkShift(Op.Compute compute) {
        boolean shift =
                compute.operator() == Op.Operator.SHIFT_LEFT
                        || compute.operator() == Op.Operator.SHIFT_RIGHT;
        boolean countFits =
                compute.right() instanceof Constant count
                        && count.value() >= 0
                        && count.value() < 64;
        rule(!shift || countFits, "a shift is by a constant of 0 to 63");
    }

    private void checkPlace(Place place, int bytes, Width width) {
        int scale = place.scale();
        rule(scale == 1 || scale == 2 || scale == 4 || scale == 8, "a scale is 1, 2, 4 or 8");
        Parameter base = place.base();
        Value index = place.index();
        rule(base != null || index != null, "a place has a base or an index");
        rule(place.range() == null, "a sequence works on the CPU that runs it");
        if (base != null) {
            checkUse(base);
            rule(base.kind() != Kind.NUMBER, "the base of a place is an item or a segment");
        }
        if (base != null && index == null) {
            checkConstantPlace(place, base, bytes);
        }
        if (index != null) {
            checkUse(index);
            rule(!(index instanceof Constant), "an index varies; a constant is a displacement");
            rule(
                    !(index instanceof Parameter parameter) || parameter.kind() == Kind.NUMBER,
                    "an index is a number");
            rule(!place.inSegment(), "a place in a segment is constant");
        } else if (place.displacementBytes() % width.bytes() != 0) {
            broken(place + " is aligned to " + width.bytes() + " bytes");
        }
    }

    private void checkConstantPlace(Place place, Parameter base, int bytes) {
        if (place.displacementBytes() < 0) {
            broken(place + " does not begin before " + base);
        }
        if (base.kind() == Kind.ITEM && place.displacementBytes() > base.sizeBytes() - bytes) {
            broken(place + " lies inside the " + base.sizeBytes() + " bytes of " + base);
        }
    }

    private void define(Temporary temporary) {
        rule(defined.add(temporary), temporary, "is defined once");
    }

    private void checkUse(Value value) {
        switch (value) {
            case Constant _ -> {}
            case Parameter parameter ->
                    rule(
                            parameter.index() >= 0
                                    && parameter.index() < parameters.size()
                                    && parameters.get(parameter.index()).equals(parameter),
                            parameter,
                            "is a parameter of this sequence");
            case Temporary temporary ->
                    rule(defined.contains(temporary), temporary, "is defined before it is used");
        }
    }

    private void checkNumber(Value value) {
        checkUse(value);
        rule(
                !(value instanceof Parameter parameter) || parameter.kind() != Kind.SEGMENT,
                "a segment is the base of places and no number");
    }

    private void checkLiveValues(Value result) {
        Uses uses = new Uses(ops, result);
        for (current = 0; current < ops.size(); current++) {
            Temporary temporary = Uses.defined(ops.get(current));
            if (temporary != null) {
                rule(!uses.deadAfter(temporary, current), temporary, "is used");
            }
            int live = uses.liveAt(current);
            if (live > Sequence.MAX_LIVE_VALUES) {
                broken("at most 6 values wait for their use, and here it is " + live);
            }
        }
    }

    /** A rule about a value; the message is put together only if it is broken. */
    private void rule(boolean holds, Object subject, String rule) {
        if (!holds) {
            broken(subject + " " + rule);
        }
    }

    private void rule(boolean holds, String rule) {
        if (!holds) {
            broken(rule);
        }
    }

    private void broken(String rule) {
        throw new IllegalArgumentException(
                "sequence " + name + at(current < 0 ? null : ops.get(current)) + ": " + rule);
    }

    private String at(@Nullable Op op) {
        return op == null ? "" : ", op " + current + " (" + op + ")";
    }
}
