// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import java.util.List;
import java.util.Set;

/**
 * What each sequence of the catalogue works on in its proof, and what three threads call it with.
 */
final class Catalogue {

    /*
     * Items begin at offset 64, in the order in which they are named. Sequences that follow offsets
     * find there, in their item's first cell, the offset of its second, and so on.
     */

    private static final Set<String> WEAK =
            Set.of("load_cbne_store", "load_add_store", "counter-add", "lock", "list-take-all");

    private Catalogue() {}

    /** {@return the sequence of a name} */
    static Sequence sequence(String name) {
        return Sequences.all().stream()
                .filter(sequence -> sequence.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "sequence: " + name + " (expected: one of the catalogue)"));
    }

    /** {@return the scenarios of all sequences} */
    static List<Scenario> scenarios() {
        return Sequences.all().stream()
                .map(sequence ->
                        withMemoryModels(proof(sequence)).scenario("core/" + sequence.name()))
                .toList();
    }

    /**
     * Where loads are held back, most sequences take a million states or more; these have one of
     * each kind: a comparison, additions, a lock, a list.
     */
    private static SequenceProof withMemoryModels(SequenceProof proof) {
        Sequence sequence = proof.workload().sequence();
        return WEAK.contains(sequence.name()) ? proof.under(MemoryModel.ARMV8) : proof;
    }

    static SequenceProof proof(Sequence sequence) {
        SequenceProof proof = SequenceProof.of(sequence);
        return switch (sequence.name()) {
            case "load_cbne_store" -> proof.item("v", 0).call(0, 1).call(0, 2).call(1, 3);
            case "load_cbeq_store_add_load_store" ->
                    proof.item("v", 72, 80, 0).call(0, 0).call(0, 0).call(0, 0);
            case "load_add_store", "counter-add" -> proof.item("v", 0).call(1).call(1).call(1);
            case "load_add_load_load_add_store" ->
                    proof.item("ptr", 72, 80, 0).call(0, 1).call(0, 1).call(0, 1);
            case "load_cbne_store_store", "load_cbne_store_store_release" ->
                    proof.item("v", 0).item("v2", 0).call(0, 1, 1).call(0, 2, 2).call(1, 3, 3);
            case "load_cbne_load_cbne_store" ->
                    proof.item("v", 0).item("v2", 0).call(0, 0, 1).call(0, 0, 2).call(1, 0, 3);
            case "load_cbne_memcpy_store", "load_cbne_memcpy_store_release" ->
                    proof.item("v", 0)
                            .item("data", 0)
                            .segment("src", thread -> Cells.longs(thread))
                            .call(0, 72, 8, 1)
                            .call(0, 72, 8, 2)
                            .call(1, 72, 8, 3);
            case "rcu-read-lock" ->
                    proof.item("slot", 0)
                            .item("home", range -> Cells.longs(range + 1))
                            .call(1)
                            .call(2)
                            .call(1);
            case "lock" -> proof.item("lock", range -> Cells.longs(0, range)).call().call().call();
            case "list-push" -> proof.item("list", 0, 0, 0, 0).call(72).call(80).call(88);
            case "list-take-all" -> proof.item("list", 72, 0).call().call().call();
            case "buffer-push", "buffer-push-release" ->
                    proof.item("buffer", 0, 0, 0).call(1, 16).call(1, 16).call(2, 16);
            case "buffer-pop" -> proof.item("buffer", 16, 5, 6).call().call().call();
            case "record-push", "record-push-release" ->
                    proof.item("buffer", 0, 0, 0)
                            .segment("source", thread -> Cells.longs(1 + thread / 2))
                            .call(8, 16)
                            .call(8, 16)
                            .call(8, 16);
            case "buffer-take" ->
                    proof.item("buffer", 16, 5, 5)
                            .segment("target", _ -> Cells.longs(0))
                            .call(8)
                            .call(8)
                            .call(8);
            case "magazine-pop" ->
                    proof.item("magazine", _ -> Cells.longs(8, 8).andInts(1, 2))
                            .call()
                            .call()
                            .call();
            case "magazine-push" ->
                    proof.item("magazine", _ -> Cells.longs(0, 8).andInts(0, 0))
                            .call(1)
                            .call(1)
                            .call(2);
            case "magazine-load" ->
                    proof.item("magazine", _ -> Cells.longs(0, 8).andInts(0, 0))
                            .segment("source", thread -> Cells.longs().andInts(1 + thread / 2))
                            .call(4)
                            .call(4)
                            .call(4);
            case "magazine-unload" ->
                    proof.item("magazine", _ -> Cells.longs(8, 8).andInts(1, 1))
                            .segment("target", _ -> Cells.longs().andInts(0))
                            .call(4, -4)
                            .call(4, -4)
                            .call(4, -4);
            default ->
                    throw new IllegalStateException(
                            "sequence " + sequence + ": no proof (expected: one for each)");
        };
    }
}
