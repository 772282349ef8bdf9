// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Op.Condition;
import dev.cpulocal.Op.Operator;
import dev.cpulocal.Op.Order;
import dev.cpulocal.Op.Width;
import dev.cpulocal.Value.Constant;
import dev.cpulocal.Value.Kind;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.Value.Temporary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Random valid sequences: the same ones for the same seed.
 *
 * <p>Their segments are touched below {@link #SEGMENT_BYTES}, their items are at most {@link
 * #MAX_ITEM_BYTES} large.
 */
public final class RandomSequences {

    /** How much memory a segment argument must have. */
    public static final int SEGMENT_BYTES = 8192;

    /** The largest item that a sequence asks for. */
    public static final int MAX_ITEM_BYTES = 256;

    private static final int MAX_RANDOM_OPS = 16;
    private static final Pattern OP = Pattern.compile(", op (\\d+) \\(");
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        7,
        8,
        64,
        127,
        128,
        -128,
        -129,
        255,
        256,
        4095,
        4096,
        65_535,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0x8000_0000L,
        0xFFFF_FFFFL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE + 32
    };

    private final Random random;

    public RandomSequences(long seed) {
        random = new Random(seed);
    }

    /** {@return the next sequence} */
    public Sequence next() {
        while (true) {
            Sequence sequence = new Draft().build();
            if (sequence != null) {
                return sequence;
            }
        }
    }

    /** {@return a number with a liking for edges and for small ones} */
    public long number() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(80);
            case 2 -> random.nextInt(-5000, 5000);
            default -> EDGES[random.nextInt(EDGES.length)];
        };
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** One attempt. */
    private final class Draft {
        private final List<Parameter> parameters = new ArrayList<>();
        private final List<Temporary> temporaries = new ArrayList<>();
        private final List<Op> ops = new ArrayList<>();

        /** A valid sequence, or null if the attempt was a failure. */
        @Nullable Sequence build() {
            int count = random.nextInt(Sequence.MAX_PARAMETERS + 1);
            for (int i = 0; i < count; i++) {
                addParameter(i);
            }
            int length = random.nextInt(MAX_RANDOM_OPS);
            while (ops.size() < length) {
                addOp();
            }
            Width width = any(Width.values());
            Place to = place(width, false);
            if (to == null) {
                return null;
            }
            Order order = any(Order.values());
            ops.add(
                    random.nextBoolean()
                            ? new Op.CommitStore(to, value(), width, order)
                            : new Op.CommitAdd(to, value(), width, order));
            return withoutUnused(value());
        }

        private void addParameter(int index) {
            int kind = random.nextInt(20);
            String name = "p" + index;
            parameters.add(
                    kind < 10
                            ? new Parameter(index, name, Kind.NUMBER, 0)
                            : kind < 17
                                    ? new Parameter(
                                            index,
                                            name,
                                            Kind.ITEM,
                                            8 * random.nextInt(1, MAX_ITEM_BYTES / 8 + 1))
                                    : new Parameter(index, name, Kind.SEGMENT, 0));
        }

        private void addOp() {
            int kind = random.nextInt(100);
            Width width = any(Width.values());
            if (kind < 30) {
                Place from = place(width, true);
                if (from != null) {
                    ops.add(new Op.Load(newTemporary(), from, width));
                }
            } else if (kind < 62) {
                addCompute();
            } else if (kind < 76) {
                ops.add(new Op.Leave(value(), condition(), value()));
            } else if (kind < 90) {
                Place to = place(width, true);
                if (to != null) {
                    ops.add(new Op.Store(to, value(), width));
                }
            } else {
                addCopy();
            }
        }

        private void addCompute() {
            Operator operator = any(Operator.values());
            boolean shift = operator == Operator.SHIFT_LEFT || operator == Operator.SHIFT_RIGHT;
            Value left = value();
            Value right = shift ? new Constant(random.nextInt(64)) : value();
            ops.add(new Op.Compute(newTemporary(), operator, left, right));
        }

        private void addCopy() {
            Place to = place(Width.BYTE, true);
            Place from = place(Width.BYTE, true);
            if (to == null || from == null) {
                return;
            }
            int bound = Math.min(bound(to), bound(from));
            int most = random.nextInt(1, bound + 1);
            Value length = random.nextBoolean() ? new Constant(random.nextInt(most + 2)) : value();
            ops.add(new Op.Copy(to, from, length, most));
        }

        /** How much can be copied from or to a place. */
        private int bound(Place place) {
            Parameter base = place.base();
            return place.index() == null && base != null && base.kind() == Kind.ITEM
                    ? base.sizeBytes() - place.displacementBytes()
                    : random.nextBoolean() ? 40 : Sequence.MAX_COPY_BYTES;
        }

        private Condition condition() {
            // What is seldom true is drawn more often, or most calls would leave early.
            return switch (random.nextInt(10)) {
                case 0 -> Condition.NOT_EQUAL;
                case 1, 2 -> Condition.BELOW;
                case 3, 4 -> Condition.ABOVE;
                default -> Condition.EQUAL;
            };
        }

        private Temporary newTemporary() {
            Temporary temporary = new Temporary(temporaries.size());
            temporaries.add(temporary);
            return temporary;
        }

        private Value value() {
            List<Parameter> numbers =
                    parameters.stream().filter(p -> p.kind() != Kind.SEGMENT).toList();
            int kind = random.nextInt(10);
            if (kind < 6 && !temporaries.isEmpty()) {
                return any(temporaries);
            }
            if (kind < 9 && !numbers.isEmpty()) {
                return any(numbers);
            }
            return new Constant(number());
        }

        private @Nullable Place place(Width width, boolean segmentAllowed) {
            List<Parameter> items = parameters(Kind.ITEM);
            List<Parameter> segments = parameters(Kind.SEGMENT);
            List<Value> indices = new ArrayList<>(parameters(Kind.NUMBER));
            indices.addAll(temporaries);
            int kind = random.nextInt(10);
            if (kind < 5 && !items.isEmpty()) {
                Parameter item = any(items);
                int places = item.sizeBytes() / width.bytes();
                return item.at(random.nextInt(places) * width.bytes());
            }
            if (kind < 7 && segmentAllowed && !segments.isEmpty()) {
                return any(segments).at(random.nextInt(128) * width.bytes());
            }
            if (indices.isEmpty()) {
                return null;
            }
            Parameter base = items.isEmpty() || random.nextBoolean() ? null : any(items);
            int displacement = random.nextBoolean() ? random.nextInt(-300, 300) : (int) number();
            return new Place(base, any(indices), 1 << random.nextInt(4), displacement);
        }

        private List<Parameter> parameters(Kind kind) {
            return parameters.stream().filter(parameter -> parameter.kind() == kind).toList();
        }

        private @Nullable Sequence withoutUnused(Value result) {
            while (true) {
                try {
                    return new Sequence("random", parameters, ops, result, true);
                } catch (IllegalArgumentException e) {
                    String message = String.valueOf(e.getMessage());
                    Matcher op = OP.matcher(message);
                    if (message.endsWith(" is used") && op.find()) {
                        ops.remove(Integer.parseInt(op.group(1)));
                    } else if (message.contains("wait for their use")
                            || message.contains("elsewhere than the commit")) {
                        return null;
                    } else {
                        throw e;
                    }
                }
            }
        }
    }
}
