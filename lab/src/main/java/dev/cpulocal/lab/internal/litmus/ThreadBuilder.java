// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.internal.machine.Address;
import dev.cpulocal.lab.internal.machine.Instruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One thread of a test, while it is translated for the machine. */
public final class ThreadBuilder {

    /*
     * Each thread is built twice. The first time shows which registers are written, which are read
     * and what is accessed. The second time, registers that are never written are the constants
     * that they hold at first, so most addresses are constants too and the machine need not compute
     * them; and what is computed into registers that nobody reads is left out.
     */

    /** What the first time shows. */
    static final class Survey {
        private final Set<String> written = new HashSet<>();
        private final Set<String> read = new HashSet<>();
        private final Set<String> wide = new HashSet<>();
        private final List<Access> accesses = new ArrayList<>();

        /** {@return what is accessed} */
        List<Access> accesses() {
            return accesses;
        }

        /** Says that somebody looks at a register in the end. */
        void observe(String register) {
            read.add(register);
        }

        /** {@return whether a register ever changes} */
        boolean isWritten(String register) {
            return written.contains(register);
        }
    }

    private final Architecture architecture;
    private final SystemCalls systemCalls;
    private final int thread;
    private final Symbols symbols;
    private final Map<String, Long> initial;
    private final Survey survey;
    private final boolean surveying;
    private final Access.Places places;
    private final Map<String, Expr.Local> locals = new LinkedHashMap<>();
    private final Map<String, Expr.Label> labels = new HashMap<>();
    private final Map<String, Statement> wanted = new LinkedHashMap<>();
    private final Set<String> placed = new HashSet<>();
    private final Steps steps = new Steps(this::temporary);
    private Statement statement = new Statement(new Section("", 1, ""), List.of(), "", List.of());
    private int temporaries;
    private int handler = -1;

    private ThreadBuilder(
            Architecture architecture,
            SystemCalls systemCalls,
            int thread,
            Symbols symbols,
            Map<String, Long> initial,
            Survey survey,
            Access.Places places,
            boolean surveying) {
        this.architecture = architecture;
        this.systemCalls = systemCalls;
        this.thread = thread;
        this.symbols = symbols;
        this.initial = initial;
        this.survey = survey;
        this.places = places;
        this.surveying = surveying;
    }

    /** {@return a builder for the first time} */
    static ThreadBuilder surveying(
            Architecture architecture,
            SystemCalls systemCalls,
            int thread,
            Symbols symbols,
            Map<String, Long> initial) {
        Survey survey = new Survey();
        Access.Places record =
                access -> {
                    survey.accesses.add(access);
                    return new Address.Direct(0);
                };
        return new ThreadBuilder(
                architecture, systemCalls, thread, symbols, initial, survey, record, true);
    }

    /** {@return a builder for the second time} */
    ThreadBuilder again(Access.Places newPlaces) {
        return new ThreadBuilder(
                architecture, systemCalls, thread, symbols, initial, survey, newPlaces, false);
    }

    /** {@return what the first time has shown} */
    Survey survey() {
        return survey;
    }

    /** Translates a cell. */
    void add(Statement next) {
        statement = next;
        for (String name : next.labels()) {
            if (!placed.add(name)) {
                throw next.malformed("label " + name + " is placed twice in this thread");
            }
            labels.computeIfAbsent(name, Expr.Label::new).place(steps.size());
        }
        steps.say(next.text());
        if (SystemCall.isOne(next.mnemonic())) {
            systemCalls.translate(systemCall(next), thread, steps, next::malformed);
        } else if (!next.isEmpty()) {
            architecture.translate(next, this);
        }
    }

    private static SystemCall systemCall(Statement cell) {
        String operands = String.join(",", cell.operands()).strip();
        if (!operands.startsWith("(") || !operands.endsWith(")")) {
            throw cell.malformed("(expected: parentheses after the name)");
        }
        String argument = operands.substring(1, operands.length() - 1).strip();
        return SystemCall.of(cell.mnemonic(), argument, cell::malformed);
    }

    /** Ends the thread. */
    void end() {
        for (Map.Entry<String, Statement> label : wanted.entrySet()) {
            if (!placed.contains(label.getKey())) {
                throw label.getValue()
                        .malformed("label " + label.getKey() + " is nowhere in this thread");
            }
        }
        handler = systemCalls.end(thread, steps);
    }

    /** {@return a place in memory, by name} */
    public Expr addressOf(String name) {
        return Expr.of(symbols.get(name).address());
    }

    /** {@return the place of an access of so many bytes} */
    public Address place(Expr address, int bytes) {
        return places.of(new Access(address, bytes, statement));
    }

    /** {@return what is in a register} */
    public Expr read(String register) {
        survey.read.add(register);
        return surveying || survey.isWritten(register)
                ? local(register)
                : Expr.of(initial(register));
    }

    /** {@return a register, to be written by the next instruction} */
    public Expr.Local write(String register) {
        survey.written.add(register);
        return local(register);
    }

    /** Says that a register may hold a number of more than 32 bits. */
    public void widen(String register) {
        survey.wide.add(register);
    }

    /** {@return whether a register may hold a number of more than 32 bits} */
    public boolean isWide(String register) {
        return surveying || survey.wide.contains(register) || initial(register) >>> 32 != 0;
    }

    /** {@return a register that no instruction can name} */
    public Expr.Local temporary() {
        String name = "t" + temporaries++;
        survey.read.add(name);
        return write(name);
    }

    private Expr.Local local(String register) {
        return locals.computeIfAbsent(register, name -> new Expr.Local(locals.size(), register));
    }

    private long initial(String register) {
        return initial.getOrDefault(register, 0L);
    }

    /** Appends {@code register = value}. */
    public void assign(String register, Expr value) {
        if (surveying) {
            write(register);
        } else if (survey.read.contains(register)) {
            emit(new Instruction.Assign(write(register), value));
        }
    }

    /** Appends a step of the machine. */
    public void emit(Instruction instruction) {
        steps.emit(instruction);
    }

    /** {@return a label that instructions name} */
    public Expr.Label label(String name) {
        if (placed.contains(name)) {
            throw statement.refusal("jumps back are not covered");
        }
        if (name.startsWith(".") && name.matches("\\.[+-]?\\d+")) {
            throw statement.refusal("jumps by a distance are not covered");
        }
        wanted.putIfAbsent(name, statement);
        return labels.computeIfAbsent(name, Expr.Label::new);
    }

    /** {@return a label that no instruction can name} */
    public Expr.Label freshLabel() {
        return new Expr.Label("l" + steps.size());
    }

    /** Says that a label is before the next step. */
    public void place(Expr.Label label) {
        steps.place(label);
    }

    /** {@return a number as memory holds it in so many bytes, and as loads return it} */
    public Expr narrow(Expr value, int bytes) {
        return architecture.loadsSigned() ? signed(value, bytes) : unsigned(value, bytes);
    }

    /** {@return the low bytes of a number, extended by their sign} */
    public static Expr signed(Expr value, int bytes) {
        return bytes == 8 ? value : value.with(Expr.Operator.SIGN_EXTEND, Expr.of(8L * bytes));
    }

    /** {@return the low bytes of a number, extended by zeros} */
    public static Expr unsigned(Expr value, int bytes) {
        return bytes == 8 ? value : value.and((1L << (8 * bytes)) - 1);
    }

    /** {@return the thread for the machine} */
    ThreadCode code() {
        return new ThreadCode(
                steps.lines(),
                List.copyOf(locals.keySet()),
                locals.keySet().stream().map(this::initial).toList(),
                handler);
    }

    /** {@return what is in a register in the end, as a property sees it} */
    Expr observe(int thread, String register) {
        Expr.Local local = locals.get(register);
        return local == null ? Expr.of(initial(register)) : new Expr.LocalOf(thread, local);
    }
}
