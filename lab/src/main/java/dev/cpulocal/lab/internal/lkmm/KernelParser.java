// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.internal.litmus.Malformed;
import dev.cpulocal.lab.internal.litmus.Refusal;
import dev.cpulocal.lab.internal.litmus.Section;
import dev.cpulocal.lab.internal.litmus.SystemCall;
import dev.cpulocal.lab.internal.lkmm.CTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the threads of a litmus test in the kernel's C: {@code P0(int *x) { … }}, and so on. */
final class KernelParser {

    private static final Set<String> REFUSED =
            Set.of("for", "switch", "goto", "return", "break", "continue");

    private final CTokens tokens;
    private final ExpressionParser expressions;

    private KernelParser(Section body) {
        tokens = new CTokens(body);
        expressions = new ExpressionParser(body, tokens);
    }

    /**
     * {@return the threads}
     *
     * @param body the section
     * @throws Malformed if it is not C, or the threads are not P0, P1, …
     * @throws Refusal if it has something that is not covered
     */
    static List<KernelFunction> parse(Section body) {
        KernelParser parser = new KernelParser(body);
        List<KernelFunction> functions = new ArrayList<>();
        while (!parser.tokens.atEnd()) {
            functions.add(parser.function(functions.size()));
        }
        if (functions.isEmpty()) {
            throw body.malformed("there is no thread (expected: P0(…) { … })");
        }
        return functions;
    }

    private KernelFunction function(int thread) {
        Types.skip(tokens);
        Token name = tokens.peek();
        if (!name.text().equals("P" + thread)) {
            throw tokens.malformed(name, "(expected: P" + thread + ")");
        }
        tokens.take();
        return new KernelFunction(name.line(), thread, parameters(), block());
    }

    private List<String> parameters() {
        tokens.expect("(");
        List<String> names = new ArrayList<>();
        while (!tokens.skip(")")) {
            Types.skip(tokens);
            if (tokens.at(")") && names.isEmpty()) {
                continue;
            }
            names.add(tokens.expectName("the name of a parameter"));
            if (!tokens.at(")")) {
                tokens.expect(",");
            }
        }
        return names;
    }

    private List<Statement> block() {
        tokens.expect("{");
        List<Statement> statements = new ArrayList<>();
        while (!tokens.skip("}")) {
            statement(statements);
        }
        return statements;
    }

    private List<Statement> branch() {
        List<Statement> statements = new ArrayList<>();
        statement(statements);
        return statements;
    }

    private void statement(List<Statement> into) {
        Token first = tokens.peek();
        if (REFUSED.contains(first.text()) && !tokens.peek(1).text().equals("=")) {
            throw tokens.refusal(first, "not covered (expected: if, else, while or do)");
        }
        if (first.text().equals("{")) {
            into.addAll(block());
        } else if (tokens.skip("if")) {
            into.add(choice(first));
        } else if (tokens.skip("while")) {
            into.add(new Statement.Loop(first.line(), condition(), branch(), false));
        } else if (tokens.skip("do")) {
            into.add(repeat(first));
        } else if (Types.begin(tokens)) {
            declaration(into);
        } else if (!tokens.skip(";")) {
            simple(first, into);
            tokens.expect(";");
        }
    }

    private Expression condition() {
        tokens.expect("(");
        Expression condition = expressions.expression();
        tokens.expect(")");
        return condition;
    }

    private Statement repeat(Token word) {
        List<Statement> body = branch();
        tokens.expect("while");
        Expression condition = condition();
        tokens.expect(";");
        return new Statement.Loop(word.line(), condition, body, true);
    }

    private Statement choice(Token word) {
        Expression condition = condition();
        List<Statement> then = branch();
        List<Statement> otherwise = tokens.skip("else") ? branch() : List.of();
        return new Statement.If(word.line(), condition, then, otherwise);
    }

    private void declaration(List<Statement> into) {
        Types.skip(tokens);
        do {
            Types.skipStars(tokens);
            Token name = tokens.peek();
            tokens.expectName("the name of a variable");
            if (tokens.at("[")) {
                throw tokens.refusal(name, "arrays and structures are not covered");
            }
            if (tokens.skip("=")) {
                into.add(assignment(name));
            }
        } while (tokens.skip(","));
        tokens.expect(";");
    }

    private Statement assignment(Token name) {
        return new Statement.Assign(name.line(), name.text(), expressions.expression());
    }

    private void simple(Token first, List<Statement> into) {
        String next = tokens.peek(1).text();
        if (first.text().equals("*")) {
            into.add(plainStore(first));
        } else if (first.kind() == CTokens.Kind.NAME && next.equals("=")) {
            tokens.take();
            tokens.take();
            into.add(assignment(first));
        } else if (first.kind() == CTokens.Kind.NAME && next.equals("(")) {
            into.addAll(call(tokens.take()));
        } else {
            into.add(new Statement.Assign(first.line(), null, expressions.expression()));
        }
    }

    /** {@code *place = value}, or a load whose value is not used. */
    private Statement plainStore(Token first) {
        Expression place = expressions.place();
        if (!tokens.skip("=")) {
            return new Statement.Assign(first.line(), null, place);
        }
        Expression address = ((Expression.Load) place).address();
        return new Statement.Store(first.line(), address, expressions.expression(), Tag.PLAIN);
    }

    private static Statement systemCall(Call call) {
        String argument =
                call.arguments().stream()
                        .map(one -> one instanceof Expression.Literal(int value) ? "" + value : "?")
                        .collect(Collectors.joining(","));
        return new Statement.SystemCall(call.section(), call.line(), call.name(), argument);
    }

    private List<Statement> call(Token name) {
        Call call = expressions.call(name);
        List<Statement> action =
                SystemCall.isOne(name.text()) ? List.of(systemCall(call)) : Primitives.action(call);
        if (action == null) {
            throw tokens.refusal(name, "this function is not covered");
        }
        if (!tokens.at(";")) {
            throw tokens.refusal(tokens.peek(), "this use of a function is not covered");
        }
        return action;
    }
}
