// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Verdict;
import dev.cpulocal.lab.kernel.Flaw;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class ProofsTest {

    static Stream<Scenario> proofs() {
        return Proofs.all().stream();
    }

    @ParameterizedTest
    @MethodSource("proofs")
    void every_variant_has_the_verdict_that_is_expected(Scenario scenario) {
        for (Scenario.Variant variant : scenario.variants()) {
            assertFalse(variant.expected().isEmpty(), variant.name());
            variant.expected()
                    .forEach((memoryModel, kind) -> {
                        // Several scenarios are checked at the same time.
                        Verdict verdict =
                                Checker.of(memoryModel).withThreads(1).check(variant.model());
                        assertEquals(
                                kind,
                                verdict.kind(),
                                () ->
                                        scenario.id()
                                                + ", "
                                                + variant.name()
                                                + ", "
                                                + verdict.broken());
                        assertFalse(verdict.windowHit() && verdict.holds(), variant.name());
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("proofs")
    void every_proof_has_something_that_holds_and_something_that_must_not(Scenario scenario) {
        Set<Verdict.Kind> kinds =
                scenario.variants().stream()
                        .flatMap(variant -> variant.expected().values().stream())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(Verdict.Kind.HOLDS, Verdict.Kind.VIOLATED), kinds);
    }

    @Test
    void everything_that_can_be_wrong_is_found_out_somewhere() {
        Set<String> violated =
                proofs().flatMap(scenario -> scenario.variants().stream())
                        .filter(variant -> variant.expected().containsValue(Verdict.Kind.VIOLATED))
                        .map(Scenario.Variant::name)
                        .collect(Collectors.toSet());
        Stream.concat(
                        Arrays.stream(Mutant.values()).map(Mutant::title),
                        Arrays.stream(Flaw.values()).map(Flaw::title))
                .forEach(wrong ->
                        assertTrue(
                                violated.stream().anyMatch(name -> name.startsWith(wrong)), wrong));
    }

    @Test
    void every_sequence_of_the_catalogue_has_a_proof() {
        Set<String> ids = new HashSet<>(proofs().map(Scenario::id).toList());
        for (Sequence sequence : Sequences.all()) {
            assertTrue(ids.contains("core/" + sequence.name()), sequence.name());
        }
        assertEquals(Proofs.all().size(), ids.size());
    }

    @Test
    void users_prove_their_own_sequences() {
        Sequence takeTokens =
                Sequence.build(
                        "take-tokens",
                        s -> {
                            var bucket = s.item("bucket", 8);
                            var n = s.number("n");
                            var have = s.load(bucket.at(0));
                            s.leaveIf(have, dev.cpulocal.Op.Condition.BELOW, n);
                            s.commit(bucket.at(0), s.subtract(have, n));
                        });
        Scenario scenario =
                SequenceProof.of(takeTokens)
                        .item("bucket", 5)
                        .call(3)
                        .call(4)
                        .call(2)
                        .scenario("bucket/take-tokens");
        Scenario.Variant right = scenario.variants().getFirst();
        assertTrue(Checker.of(MemoryModel.SC).check(right.model()).holds());
    }

    @Test
    void accesses_of_mixed_sizes_are_refused() {
        SequenceProof proof =
                SequenceProof.of(Sequences.LOAD_ADD_STORE)
                        .item("v", _ -> Cells.longs().andInts(0, 0))
                        .call(1)
                        .call(1)
                        .call(1);
        Exception refused =
                assertThrows(IllegalArgumentException.class, () -> proof.scenario("mixed"));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("mixed sizes"), refused.getMessage());
    }

    @Test
    void missing_arguments_are_named() {
        SequenceProof proof =
                SequenceProof.of(Sequences.LOAD_ADD_STORE).item("v", 0).call().call().call();
        Exception refused =
                assertThrows(IllegalArgumentException.class, () -> proof.scenario("missing"));
        assertTrue(String.valueOf(refused.getMessage()).contains("count"), refused.getMessage());
    }
}
