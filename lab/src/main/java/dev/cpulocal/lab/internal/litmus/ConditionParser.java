// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.internal.litmus.Condition.Quantifier;
import dev.cpulocal.lab.internal.litmus.Formula.Junction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads questions. From the weakest to the strongest: or, and, implies, not. */
final class ConditionParser {
    private final Tokens tokens;
    private final PlaceParser places;

    ConditionParser(Section question, RegisterNames registers) {
        tokens = new Tokens(question);
        places = new PlaceParser(tokens, registers);
    }

    Condition condition() {
        List<Place> shown = tokens.skip("locations") ? shown() : List.of();
        Formula filter = tokens.skip("filter") ? formula() : null;
        Condition condition = quantified(shown, filter);
        tokens.skip(";");
        if (tokens.skip("with")) {
            skipVerdicts();
        }
        if (!tokens.atEnd()) {
            throw tokens.malformed("the question ends before it");
        }
        return condition;
    }

    /** What a list of models is said to answer: {@code tso: ~exists; …}. */
    private void skipVerdicts() {
        while (tokens.peek().kind() == Tokens.Kind.NAME) {
            tokens.take();
            tokens.expect(":");
            tokens.skip("~");
            if (!tokens.skip("exists") && !tokens.skip("forall")) {
                throw tokens.malformed("(expected: exists, ~exists or forall)");
            }
            tokens.skip(";");
        }
    }

    private List<Place> shown() {
        List<Place> shown = new ArrayList<>();
        tokens.expect("[");
        while (!tokens.skip("]")) {
            refuseFault();
            shown.add(places.place());
            if (tokens.peek().kind() == Tokens.Kind.NAME) {
                tokens.take();
            }
            tokens.skip("*");
            if (!tokens.skip(";") && !tokens.at("]")) {
                throw tokens.malformed("(expected: ; or ])");
            }
        }
        return shown;
    }

    private void refuseFault() {
        if (tokens.at("fault") || tokens.at("Fault")) {
            throw tokens.refusal("faults are not covered");
        }
    }

    private Condition quantified(List<Place> shown, @Nullable Formula filter) {
        if (tokens.at("observed") || tokens.at("Observed")) {
            throw tokens.refusal("lists of observed states are not covered");
        }
        if (tokens.atEnd()) {
            return new Condition(shown, filter, Quantifier.FORALL, new Formula.Constant(true));
        }
        Quantifier quantifier = Quantifier.EXISTS;
        if (tokens.skip("forall")) {
            quantifier = Quantifier.FORALL;
        } else if (tokens.skip("~") || tokens.skip("not")) {
            tokens.expect("exists");
            quantifier = Quantifier.NOT_EXISTS;
        } else if (!tokens.skip("exists") && !tokens.skip("final") && !tokens.at("(")) {
            throw tokens.malformed("(expected: exists, ~exists or forall)");
        }
        return new Condition(shown, filter, quantifier, formula());
    }

    private Formula formula() {
        Formula left = conjunction();
        while (tokens.skip(Junction.OR.sign())) {
            left = new Formula.Joined(Junction.OR, left, conjunction());
        }
        return left;
    }

    private Formula conjunction() {
        Formula left = implication();
        while (tokens.skip(Junction.AND.sign())) {
            left = new Formula.Joined(Junction.AND, left, implication());
        }
        return left;
    }

    private Formula implication() {
        Formula left = operand();
        return tokens.skip(Junction.IMPLIES.sign())
                ? new Formula.Joined(Junction.IMPLIES, left, implication())
                : left;
    }

    private Formula operand() {
        if (tokens.skip("~") || tokens.skip("not")) {
            return new Formula.Not(operand());
        }
        if (tokens.skip("(")) {
            Formula formula = formula();
            tokens.expect(")");
            return formula;
        }
        if (tokens.at("true") || tokens.at("false")) {
            return new Formula.Constant(tokens.take().text().equals("true"));
        }
        refuseFault();
        return comparison();
    }

    private Formula comparison() {
        Place left = places.place();
        boolean negated = tokens.skip("!=") || tokens.skip("<>");
        if (!negated && !tokens.skip("=") && !tokens.skip("==")) {
            throw tokens.malformed("(expected: = or !=)");
        }
        Formula equal =
                places.atRegister() || tokens.at("[") || tokens.skip("*")
                        ? new Formula.Same(left, places.place())
                        : new Formula.Holds(left, places.value());
        return negated ? new Formula.Not(equal) : equal;
    }
}
