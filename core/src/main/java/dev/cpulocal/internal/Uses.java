// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Op;
import dev.cpulocal.Place;
import dev.cpulocal.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of a sequence are defined and last used: what a register allocation needs.
 *
 * <p>Time is counted in ops: a parameter is defined at -1, the result is used at {@code
 * ops.size()}.
 */
public final class Uses {

    private record Span(int definition, int lastUse) {}

    private final List<Op> ops;
    private final Map<Value, Span> spans = new HashMap<>();

    /**
     * Finds definitions and last uses.
     *
     * @param ops the ops of a sequence
     * @param result what it returns
     */
    public Uses(List<Op> ops, Value result) {
        this.ops = ops;
        for (int i = 0; i < ops.size(); i++) {
            for (Value value : read(ops.get(i))) {
                use(value, i);
            }
            Value defined = defined(ops.get(i));
            if (defined != null) {
                spans.put(defined, new Span(i, i));
            }
        }
        use(result, ops.size());
    }

    private void use(Value value, int time) {
        if (!(value instanceof Value.Constant)) {
            int definition = spans.containsKey(value) ? span(value).definition : -1;
            spans.put(value, new Span(definition, time));
        }
    }

    private Span span(Value value) {
        return Objects.requireNonNull(spans.get(value));
    }

    /** {@return whether nothing later than op number {@code op} uses the value} */
    public boolean deadAfter(Value value, int op) {
        return !spans.containsKey(value) || span(value).lastUse <= op;
    }

    /**
     * {@return whether the value is loaded only to be compared by the very next op, so that it
     * never waits in a register}
     */
    public boolean onlyCompared(Value value) {
        if (!(value instanceof Value.Temporary) || !spans.containsKey(value)) {
            return false;
        }
        int definition = span(value).definition;
        return ops.get(definition) instanceof Op.Load
                && span(value).lastUse == definition + 1
                && definition + 1 < ops.size()
                && ops.get(definition + 1) instanceof Op.Leave;
    }

    /**
     * {@return how many values occupy a register just before or just after an op, whichever is
     * more}
     */
    public int liveAt(int op) {
        return Math.max(liveBefore(op), liveBefore(op + 1));
    }

    private int liveBefore(int op) {
        return (int)
                spans.entrySet().stream()
                        .filter(e -> e.getValue().definition < op && e.getValue().lastUse >= op)
                        .filter(e -> !onlyCompared(e.getKey()))
                        .count();
    }

    /** {@return the value that an op defines, or null} */
    public static Value.@Nullable Temporary defined(Op op) {
        return switch (op) {
            case Op.Load load -> load.result();
            case Op.Compute compute -> compute.result();
            default -> null;
        };
    }

    static List<Value> read(Op op) {
        List<Value> values = new ArrayList<>();
        switch (op) {
            case Op.Load load -> add(values, load.from());
            case Op.Compute compute -> add(values, compute.left(), compute.right());
            case Op.Leave leave -> add(values, leave.left(), leave.right());
            case Op.Store store -> {
                add(values, store.to());
                add(values, store.value());
            }
            case Op.Copy copy -> {
                add(values, copy.to());
                add(values, copy.from());
                add(values, copy.lengthBytes());
            }
            case Op.Commit commit -> {
                add(values, commit.to());
                add(values, commit.value());
            }
        }
        return values;
    }

    private static void add(List<Value> values, Place place) {
        if (place.base() != null) {
            values.add(place.base());
        }
        if (place.index() != null) {
            values.add(place.index());
        }
    }

    private static void add(List<Value> values, Value... more) {
        values.addAll(List.of(more));
    }
}
