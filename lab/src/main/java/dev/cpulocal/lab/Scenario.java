// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A question with its answers: variants of a model, and what the checker is to find in each.
 *
 * @param id what one types to run it, such as {@code MB-01}
 * @param title one line
 * @param text what it is about, in a few sentences, with its sources
 * @param variants the right one and the wrong ones
 */
public record Scenario(String id, String title, String text, List<Variant> variants) {

    /** Copies the list. */
    public Scenario {
        variants = List.copyOf(variants);
        if (variants.isEmpty()) {
            throw new IllegalArgumentException(
                    "scenario " + id + ": no variants (expected: one or more)");
        }
    }

    /**
     * A model and the verdicts that are expected.
     *
     * @param name a word or two: {@code fixed}, {@code no barrier}
     * @param text what is different in it, a sentence
     * @param model the model
     * @param expected the verdict for each memory model under which it is checked
     */
    public record Variant(
            String name, String text, Model model, Map<MemoryModel, Verdict.Kind> expected) {

        /** {@return a variant of which nothing is expected yet} */
        public static Variant of(String name, String text, Model model) {
            return new Variant(name, text, model, Map.of());
        }

        /** {@return the same, holding under some memory models} */
        public Variant holds(MemoryModel... models) {
            return expecting(Verdict.Kind.HOLDS, models);
        }

        /** {@return the same, violated under some memory models} */
        public Variant violated(MemoryModel... models) {
            return expecting(Verdict.Kind.VIOLATED, models);
        }

        private Variant expecting(Verdict.Kind kind, MemoryModel... models) {
            Map<MemoryModel, Verdict.Kind> all = new EnumMap<>(MemoryModel.class);
            all.putAll(expected);
            for (MemoryModel memoryModel : models) {
                if (all.put(memoryModel, kind) != null) {
                    throw new IllegalArgumentException(
                            "variant " + name + ": two expectations for " + memoryModel.title());
                }
            }
            return new Variant(name, text, model, all);
        }
    }
}
