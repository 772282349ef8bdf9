// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.litmus.Cells;
import dev.cpulocal.lab.internal.litmus.LitmusProgram;
import dev.cpulocal.lab.internal.litmus.Place;
import dev.cpulocal.lab.internal.litmus.Placement;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.litmus.Symbols;
import dev.cpulocal.lab.internal.litmus.SystemCalls;
import dev.cpulocal.lab.internal.litmus.ThreadCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a program of the machine of a test in the kernel's C. */
final class MachineProgram {
    private static final int BYTES = 4;

    private final KernelTest test;
    private final MemoryModel model;
    private final Symbols symbols;
    private final SystemCalls systemCalls;

    private MachineProgram(KernelTest test, MemoryModel model) {
        this.test = test;
        this.model = model;
        symbols = new Symbols(test.init());
        systemCalls = new SystemCalls(Placement.of(test.source(), test.functions().size()));
    }

    /**
     * {@return the program}
     *
     * @param test the test
     * @param model the memory model that it is for
     * @throws Refusal if it has something that the machine cannot do
     */
    static LitmusProgram of(KernelTest test, MemoryModel model) {
        return new MachineProgram(test, model).translate();
    }

    private LitmusProgram translate() {
        Map<String, Integer> bytes = new HashMap<>();
        for (String name : test.names()) {
            symbols.get(name);
            bytes.put(name, BYTES);
        }
        build(new Cells(symbols, bytes, true, false));
        Cells cells = new Cells(symbols, bytes, true, false);
        cells.append(systemCalls.memory(cells.locations()));
        List<MachineThread> threads = build(cells);
        return new LitmusProgram(
                test.file(),
                test.source().name(),
                model,
                ThreadCode.program(
                        test.source().name(),
                        threads.stream().map(MachineThread::code).toList(),
                        cells,
                        systemCalls,
                        observed(threads, cells)),
                test.display(),
                test.condition(),
                symbols);
    }

    /** Built twice: the first time shows which system calls there are. */
    private List<MachineThread> build(Cells cells) {
        List<MachineThread> threads = new ArrayList<>();
        for (KernelFunction function : test.functions()) {
            Map<String, Long> initial = new HashMap<>();
            test.variables(function)
                    .forEach(
                            (name, value) -> initial.put(name, (long) (int) symbols.number(value)));
            Lowering lowering = Lowering.of(model);
            MachineThread thread =
                    new MachineThread(test.file(), function, initial, cells, lowering);
            thread.build(systemCalls);
            threads.add(thread);
        }
        return threads;
    }

    private List<Expr> observed(List<MachineThread> threads, Cells cells) {
        List<Expr> observed = new ArrayList<>();
        for (Place place : test.display().all()) {
            switch (place) {
                case Place.Register(int thread, String name) ->
                        observed.add(threads.get(thread).observe(name));
                case Place.Global(String name) -> observed.add(cells.variable(name).get());
                case Place.Element element ->
                        throw new IllegalArgumentException("place: " + element);
            }
        }
        return observed;
    }
}
