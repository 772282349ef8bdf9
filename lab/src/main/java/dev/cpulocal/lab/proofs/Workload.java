// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Sequence;
import dev.cpulocal.Value.Parameter;
import dev.cpulocal.lab.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What threads call a sequence with.
 *
 * @param sequence the sequence
 * @param items what items hold at first, by CPU
 * @param segments what the callers' memory holds at first, by thread
 * @param calls the numbers that each thread passes
 */
record Workload(
        Sequence sequence,
        Map<String, IntFunction<Cells>> items,
        Map<String, IntFunction<Cells>> segments,
        List<Numbers> calls) {

    /** The numbers of a call. */
    record Numbers(List<Long> values) {
        Numbers(long... values) {
            this(Arrays.stream(values).boxed().toList());
        }
    }

    Workload(Sequence sequence) {
        this(sequence, new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
    }

    /** {@return what a thread passes; its segments become part of the model} */
    Arguments arguments(Model.Builder m, int thread) {
        List<Argument> all = new ArrayList<>();
        List<Long> numbers = new ArrayList<>(calls.get(thread).values());
        for (Parameter parameter : sequence.parameters()) {
            all.add(
                    switch (parameter.kind()) {
                        case NUMBER -> number(parameter, numbers);
                        case ITEM -> Argument.item(parameter.name());
                        case SEGMENT -> segment(m, parameter, thread);
                    });
        }
        if (!numbers.isEmpty()) {
            throw new IllegalArgumentException(
                    sequence
                            + ": "
                            + numbers.size()
                            + " numbers too many (expected: one for each parameter that is one)");
        }
        return new Arguments(sequence, all);
    }

    private Argument number(Parameter parameter, List<Long> numbers) {
        if (numbers.isEmpty()) {
            throw new IllegalArgumentException(
                    sequence + ", parameter " + parameter + ": nothing (expected: a number)");
        }
        return Argument.of(numbers.removeFirst());
    }

    private Argument segment(Model.Builder m, Parameter parameter, int thread) {
        IntFunction<Cells> contents = segments.get(parameter.name());
        if (contents == null) {
            throw new IllegalArgumentException(
                    sequence + ", parameter " + parameter + ": nothing (expected: segment(…))");
        }
        List<Cells.Cell> cells = contents.apply(thread).cells();
        List<Long> values = cells.stream().map(Cells.Cell::value).toList();
        String name = parameter.name() + " of " + (char) ('A' + thread);
        return new Argument.Segment(m.shareds(name, values), cells.getFirst().width().bytes());
    }
}
