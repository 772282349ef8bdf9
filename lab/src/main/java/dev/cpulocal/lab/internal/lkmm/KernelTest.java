// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Condition;
import dev.cpulocal.lab.internal.litmus.Display;
import dev.cpulocal.lab.internal.litmus.Init;
import dev.cpulocal.lab.internal.litmus.LitmusSource;
import dev.cpulocal.lab.internal.litmus.Malformed;
import dev.cpulocal.lab.internal.litmus.Place;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.litmus.RegisterNames;
import dev.cpulocal.lab.internal.litmus.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A litmus test in the kernel's C, read but not run. */
final class KernelTest {
    private static final String NO_ARRAYS = "arrays are not covered in C";

    private final LitmusSource source;
    private final List<KernelFunction> functions;
    private final Init init;
    private final Condition condition;
    private final Display display;
    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    /**
     * Reads a test.
     *
     * @param source the file
     * @throws Malformed if it breaks the rules of the format
     * @throws Refusal if it has something that is not covered
     */
    KernelTest(LitmusSource source) {
        this.source = source;
        functions = KernelParser.parse(source.body());
        init = Init.of(source.init(), RegisterNames.C_LOCALS);
        condition = Condition.of(source.question(), RegisterNames.C_LOCALS);
        display = Display.of(init, condition, RegisterNames.C_LOCALS);
        init.items().forEach(this::nameInitial);
        functions.forEach(function -> function.parameters().forEach(this::place));
        display.all().forEach(this::nameObserved);
    }

    private void nameInitial(Init.Item item) {
        if (item.place() instanceof Place.Global(String name)) {
            if (item.type().isArray()) {
                throw new Refusal(source.file(), item.line(), name, NO_ARRAYS);
            }
            place(name);
        }
        if (item.value() instanceof Value.Symbol(String name, long _)) {
            place(name);
        }
    }

    private void nameObserved(Place observed) {
        switch (observed) {
            case Place.Global(String name) -> place(name);
            case Place.Register(int thread, String _) -> {
                if (thread >= functions.size()) {
                    throw source.question()
                            .malformed(observed.toString(), "there is no thread P" + thread);
                }
            }
            case Place.Element _ -> throw source.question().refusal(observed.toString(), NO_ARRAYS);
        }
    }

    /** {@return the number of a place, which need not have been named before} */
    int place(String name) {
        return places.computeIfAbsent(
                name,
                key -> {
                    names.add(key);
                    return names.size() - 1;
                });
    }

    /** {@return the names of all places, by number} */
    List<String> names() {
        return names;
    }

    LitmusSource source() {
        return source;
    }

    String file() {
        return source.file();
    }

    List<KernelFunction> functions() {
        return functions;
    }

    Init init() {
        return init;
    }

    Condition condition() {
        return condition;
    }

    Display display() {
        return display;
    }

    /** {@return what the variables of a thread hold at first} */
    Map<String, Value> variables(KernelFunction function) {
        Map<String, Value> variables = new HashMap<>();
        for (String parameter : function.parameters()) {
            variables.put(parameter, new Value.Symbol(parameter, 0));
        }
        for (Init.Item item : init.items()) {
            if (item.place() instanceof Place.Register(int thread, String name)
                    && thread == function.thread()) {
                variables.put(name, item.value());
            }
        }
        return variables;
    }

    /** {@return what places hold at first, by number} */
    List<Value> initial() {
        Value[] values = new Value[names.size()];
        Arrays.fill(values, Value.of(0));
        for (Init.Item item : init.items()) {
            if (item.place() instanceof Place.Global(String name)) {
                values[place(name)] = item.value();
            }
        }
        return List.of(values);
    }

    /** {@return the places in memory that it looks at in the end} */
    List<Integer> observed() {
        List<Integer> observed = new ArrayList<>();
        for (Place place : display.all()) {
            if (place instanceof Place.Global(String name)) {
                observed.add(place(name));
            }
        }
        return observed;
    }
}
