// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum;

import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.Verdict.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of the museum: a bug that the kernel had, or a claim about its code, with the scenario
 * that settles it and what was said about it.
 *
 * @param scenario the variants. Its text is what went wrong, in about three sentences
 * @param area what it is about
 * @param kernels which releases had it: {@code 6.15 to 6.17}; {@code none} if it was averted
 * @param bounds what the models are limited to beside CPUs and tasks: calls, rounds, pages
 * @param reference the name of the variant that is today's code, to which the others are changes
 * @param statements who said what, and what is known from where, in the order of time
 * @param claims what somebody said that the variants confirm or refute
 */
public record Exhibit(
        Scenario scenario,
        Area area,
        String kernels,
        String bounds,
        String reference,
        List<Statement> statements,
        List<Claim> claims) {

    /** What names of variants begin with that show that a step of the reference is reached. */
    public static final String REACHED = "reached: ";

    /** Checks that names are those of variants. */
    public Exhibit {
        statements = List.copyOf(statements);
        claims = List.copyOf(claims);
        require(scenario, reference);
        claims.forEach(claim -> require(scenario, claim.variant()));
    }

    private static void require(Scenario scenario, String variant) {
        if (scenario.variants().stream().noneMatch(one -> one.name().equals(variant))) {
            throw new IllegalArgumentException(
                    "variant: " + variant + " (expected: one of " + scenario.id() + ")");
        }
    }

    /** {@return what one types to see it} */
    public String id() {
        return scenario.id();
    }

    /** {@return the variant that is today's code} */
    public Variant referenceVariant() {
        return scenario.variants().stream()
                .filter(variant -> variant.name().equals(reference))
                .findFirst()
                .orElseThrow();
    }

    /** {@return the variants that are changes to today's code, those with a bug first} */
    public List<Variant> changes() {
        List<Variant> all = new ArrayList<>(scenario.variants());
        all.removeIf(variant -> variant.name().equals(reference) || isReached(variant));
        all.sort((one, other) -> Boolean.compare(isFaulty(other), isFaulty(one)));
        return all;
    }

    /** {@return whether a variant shows that a step of the reference is reached} */
    public static boolean isReached(Variant variant) {
        return variant.name().startsWith(REACHED);
    }

    /** {@return whether something is to be found in a variant that is a bug} */
    public static boolean isFaulty(Variant variant) {
        return !isReached(variant) && variant.expected().containsValue(Kind.VIOLATED);
    }

    /**
     * {@return a builder}
     *
     * @param id such as {@code MB-01}
     * @param title one line
     * @param area what it is about
     */
    public static Builder of(String id, String title, Area area) {
        return new Builder(id, title, area);
    }

    /** Collects what an entry consists of. Not for concurrent use. */
    public static final class Builder {
        private final String id;
        private final String title;
        private final Area area;
        private final List<Variant> variants = new ArrayList<>();
        private final List<Statement> statements = new ArrayList<>();
        private final List<Claim> claims = new ArrayList<>();
        private String kernels = "";
        private String bounds = "";
        private String story = "";
        private String reference = "";

        private Builder(String id, String title, Area area) {
            this.id = id;
            this.title = title;
            this.area = area;
        }

        /** Says which releases had it: {@code 6.15 to 6.17}, {@code none}. */
        public Builder kernels(String releases) {
            kernels = releases;
            return this;
        }

        /** Says what the models are limited to beside CPUs and tasks: calls, rounds, pages. */
        public Builder bounds(String text) {
            bounds = text;
            return this;
        }

        /** Says what went wrong, in about three sentences. */
        public Builder story(String text) {
            story = text;
            return this;
        }

        /** Adds the variant that is today's code; it holds. */
        public Builder reference(Variant variant) {
            reference = variant.name();
            return variant(variant);
        }

        /** Adds a change to today's code: a bug, a fix that was proposed, another way. */
        public Builder variant(Variant variant) {
            variants.add(variant);
            return this;
        }

        /** Adds somebody's words. */
        public Builder said(String author, String date, String source, String words) {
            return add(new Statement(Provenance.QUOTATION, author, date, source, words));
        }

        /** Adds what a commit, a mail or a file says, in our words. */
        public Builder history(String author, String date, String source, String text) {
            return add(new Statement(Provenance.HISTORY, author, date, source, text));
        }

        /** Adds what is commonly told and was found in no source. */
        public Builder unchecked(String text) {
            return add(new Statement(Provenance.UNCHECKED, "", "", "", text));
        }

        /** Adds a conclusion of our own. */
        public Builder derived(String text) {
            return add(new Statement(Provenance.DERIVATION, "", "", "", text));
        }

        private Builder add(Statement statement) {
            statements.add(statement);
            return this;
        }

        /** Adds what the checker says of the statement added last. */
        public Builder settled(Claim.Outcome outcome, String variant, String because) {
            claims.add(new Claim(statements.getLast(), outcome, variant, because));
            return this;
        }

        /** {@return the entry} */
        public Exhibit build() {
            return new Exhibit(
                    new Scenario(id, title, story, variants),
                    area,
                    kernels,
                    bounds,
                    reference,
                    statements,
                    claims);
        }
    }
}
