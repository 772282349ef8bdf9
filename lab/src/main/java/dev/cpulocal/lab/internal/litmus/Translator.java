// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a program of the machine of an assembly test. */
public final class Translator {
    private final LitmusSource source;
    private final Architecture architecture;
    private final Init init;
    private final Condition condition;
    private final Display display;
    private final Symbols symbols;
    private final List<List<Statement>> threads = new ArrayList<>();
    private final SystemCalls systemCalls;

    private Translator(LitmusSource source, Architecture architecture) {
        this.source = source;
        this.architecture = architecture;
        init = Init.of(source.init(), architecture.registers());
        condition = Condition.of(source.question(), architecture.registers());
        display = Display.of(init, condition, architecture.registers());
        symbols = new Symbols(init);
        for (List<Section> column : Columns.of(source.body()).threads()) {
            threads.add(column.stream().map(Statement::of).toList());
        }
        systemCalls = new SystemCalls(Placement.of(source, threads.size()));
    }

    /**
     * Translates.
     *
     * @param source the test
     * @param architecture its architecture
     * @throws Malformed if it is no test of this architecture
     * @throws Refusal if the machine cannot run it
     */
    public static LitmusProgram translate(LitmusSource source, Architecture architecture) {
        return new Translator(source, architecture).translate();
    }

    private LitmusProgram translate() {
        for (Place place : display.all()) {
            checkPlace(place);
        }
        Sizes sizes = new Sizes(symbols);
        List<ThreadBuilder> first = new ArrayList<>();
        for (int thread = 0; thread < threads.size(); thread++) {
            first.add(survey(thread, sizes));
        }
        init.items().forEach(item -> nameAddresses(item.value()));
        Cells cells = new Cells(symbols, sizes.bytes(), architecture.loadsSigned(), sizes.mixed());
        cells.append(systemCalls.memory(cells.locations()));
        List<ThreadBuilder> built = new ArrayList<>();
        for (int thread = 0; thread < threads.size(); thread++) {
            ThreadBuilder builder = first.get(thread).again(cells);
            threads.get(thread).forEach(builder::add);
            builder.end();
            built.add(builder);
        }
        return new LitmusProgram(
                source.file(),
                source.name(),
                architecture.model(),
                program(built, cells),
                display,
                condition,
                symbols);
    }

    private void checkPlace(Place place) {
        switch (place) {
            case Place.Register(int thread, String _) -> {
                if (thread >= threads.size()) {
                    throw source.question()
                            .malformed(place.toString(), "the test has no such thread");
                }
            }
            case Place.Global(String name) -> symbols.get(name);
            case Place.Element(String array, int index) -> {
                if (index >= symbols.get(array).length()) {
                    throw source.question()
                            .malformed(place.toString(), "the test has no such element");
                }
            }
        }
    }

    private void nameAddresses(Value value) {
        switch (value) {
            case Value.Symbol(String name, long _) -> symbols.get(name);
            case Value.Vector(List<Value> elements) -> elements.forEach(this::nameAddresses);
            case Value.Scalar _ -> {}
        }
    }

    private ThreadBuilder survey(int thread, Sizes sizes) {
        Map<String, Long> initial = initialRegisters(thread);
        ThreadBuilder builder =
                ThreadBuilder.surveying(architecture, systemCalls, thread, symbols, initial);
        threads.get(thread).forEach(builder::add);
        builder.end();
        ThreadBuilder.Survey survey = builder.survey();
        for (Place place : display.all()) {
            if (place instanceof Place.Register(int of, String name) && of == thread) {
                survey.observe(name);
            }
        }
        Map<String, Long> constants = Sizes.constants(survey, survey.accesses(), initial);
        for (Access access : survey.accesses()) {
            sizes.add(access, Sizes.constant(access.address(), constants));
        }
        return builder;
    }

    private Map<String, Long> initialRegisters(int thread) {
        Map<String, Long> registers = new HashMap<>();
        for (Init.Item item : init.items()) {
            if (item.place() instanceof Place.Register(int of, String name) && of == thread) {
                registers.put(name, symbols.number(item.value()));
            }
        }
        return registers;
    }

    private Program program(List<ThreadBuilder> built, Cells cells) {
        return ThreadCode.program(
                source.name(),
                built.stream().map(ThreadBuilder::code).toList(),
                cells,
                systemCalls,
                observed(built, cells));
    }

    private List<Expr> observed(List<ThreadBuilder> built, Cells cells) {
        List<Expr> observed = new ArrayList<>();
        for (Place place : display.all()) {
            switch (place) {
                case Place.Register(int thread, String name) ->
                        observed.add(built.get(thread).observe(thread, name));
                case Place.Global(String name) -> {
                    Expr.Variable variable = cells.variable(name);
                    for (int i = 0; i < variable.length(); i++) {
                        observed.add(variable.get(i));
                    }
                }
                case Place.Element(String array, int index) ->
                        observed.add(cells.variable(array).get(index));
            }
        }
        return observed;
    }
}
