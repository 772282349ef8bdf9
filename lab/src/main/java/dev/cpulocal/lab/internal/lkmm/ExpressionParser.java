// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.internal.litmus.Section;
import dev.cpulocal.lab.internal.lkmm.CTokens.Kind;
import dev.cpulocal.lab.internal.lkmm.CTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads expressions of C. */
final class ExpressionParser {

    /** The binary operators, from the weakest to the strongest. */
    private static final List<Map<String, Operator>> LEVELS =
            List.of(
                    Map.of("|", Operator.OR),
                    Map.of("^", Operator.XOR),
                    Map.of("&", Operator.AND),
                    Map.of("==", Operator.EQUAL, "!=", Operator.NOT_EQUAL),
                    Map.of(
                            "<", Operator.LESS,
                            "<=", Operator.LESS_OR_EQUAL,
                            ">", Operator.LESS,
                            ">=", Operator.LESS_OR_EQUAL),
                    Map.of("+", Operator.ADD, "-", Operator.SUBTRACT),
                    Map.of("*", Operator.MULTIPLY));

    private final Section section;
    private final CTokens tokens;

    ExpressionParser(Section section, CTokens tokens) {
        this.section = section;
        this.tokens = tokens;
    }

    /** {@return the expression that follows} */
    Expression expression() {
        Expression expression = binary(0);
        Token next = tokens.peek();
        if (next.kind() == Kind.SIGN && !");,]={}:".contains(next.text())) {
            throw refuse(next);
        }
        return expression;
    }

    /** {@return the place that follows: a star, and what points to it} */
    Expression place() {
        return unary();
    }

    private RuntimeException refuse(Token sign) {
        return switch (sign.text()) {
            case "=", "{", "}", ":", ";", ")", "," ->
                    tokens.malformed(sign, "(expected: an expression)");
            default -> tokens.refusal(sign, "this operator is not covered");
        };
    }

    private Expression binary(int level) {
        if (level == LEVELS.size()) {
            return unary();
        }
        Expression left = binary(level + 1);
        while (tokens.peek().kind() == Kind.SIGN
                && LEVELS.get(level).containsKey(tokens.peek().text())) {
            String sign = tokens.take().text();
            Operator operator = Objects.requireNonNull(LEVELS.get(level).get(sign));
            Expression right = binary(level + 1);
            left =
                    sign.startsWith(">")
                            ? new Expression.Binary(operator, right, left)
                            : new Expression.Binary(operator, left, right);
        }
        return left;
    }

    private Expression unary() {
        Token token = tokens.peek();
        if (tokens.skip("*")) {
            return new Expression.Load(unary(), Tag.PLAIN);
        }
        if (tokens.skip("-")) {
            return new Expression.Binary(Operator.SUBTRACT, new Expression.Literal(0), unary());
        }
        if (tokens.skip("!")) {
            return new Expression.Binary(Operator.EQUAL, unary(), new Expression.Literal(0));
        }
        if (tokens.skip("~")) {
            return new Expression.Binary(Operator.XOR, unary(), new Expression.Literal(-1));
        }
        if (token.kind() == Kind.SIGN && !tokens.at("(")) {
            throw refuse(token);
        }
        return primary();
    }

    private Expression primary() {
        Token token = tokens.take();
        return switch (token.kind()) {
            case NUMBER -> number(token);
            case NAME -> tokens.at("(") ? value(token) : variable(token);
            default -> parenthesis(token);
        };
    }

    private Expression variable(Token name) {
        if (tokens.at("[") || tokens.at("->") || tokens.at(".")) {
            throw tokens.refusal(name, "arrays and structures are not covered");
        }
        return new Expression.Variable(name.text());
    }

    private Expression parenthesis(Token open) {
        if (!open.text().equals("(")) {
            throw tokens.malformed(open, "(expected: an expression)");
        }
        if (Types.begin(tokens)) {
            Types.skip(tokens);
            tokens.expect(")");
            return unary();
        }
        Expression inner = expression();
        tokens.expect(")");
        return inner;
    }

    private Expression number(Token token) {
        try {
            return new Expression.Literal(Integer.decode(decimal(token.text())));
        } catch (NumberFormatException e) {
            throw tokens.refusal(token, "numbers of more than 32 bits are not covered");
        }
    }

    /** Zeros at the beginning do not make it octal, as herd has it. */
    private static String decimal(String text) {
        return text.startsWith("0x") || text.startsWith("0X")
                ? text
                : text.replaceFirst("^0+(?=\\d)", "");
    }

    private Expression value(Token name) {
        Expression value = Primitives.value(call(name));
        if (value == null) {
            throw tokens.refusal(name, "this function is not covered, or returns nothing");
        }
        return value;
    }

    /** {@return a call of a function whose name has been read} */
    Call call(Token name) {
        tokens.expect("(");
        List<Expression> arguments = new ArrayList<>();
        while (!tokens.skip(")")) {
            arguments.add(expression());
            if (!tokens.at(")")) {
                tokens.expect(",");
            }
        }
        return new Call(section, name.line(), name.text(), arguments);
    }
}
