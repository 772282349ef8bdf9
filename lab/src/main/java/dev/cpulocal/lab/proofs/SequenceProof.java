// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.Op;
import dev.cpulocal.Sequence;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Version;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * The proof of a {@link Sequence}: three threads on two CPUs call it, and are preempted, moved and
 * signalled before every op, while others complete it from elsewhere or fence it.
 *
 * <p>What is shown needs no words: a call has the effect, and the answer, of running alone on its
 * CPU's range at the moment when it commits or leaves. So no update is lost, nothing is handed out
 * twice, and nothing is done on a range while it is stopped. The scenario has wrong variants too,
 * which must be violated: so one sees that the calls given do meet each other.
 *
 * <p>Say what the items hold at first, and what each of the three threads passes for the parameters
 * that are numbers. Items begin at offset 64 of a range, in the order in which they are named, each
 * aligned to 8 bytes; a row of cells cannot be accessed by other widths than theirs.
 *
 * {@snippet lang = java :
 * Scenario scenario = SequenceProof.of(takeTokens)
 *         .item("bucket", 5)                  // every CPU's bucket holds 5
 *         .call(3).call(4).call(2)            // what the threads want to take
 *         .scenario("bucket/take-tokens");
 * }
 *
 * Not for concurrent use.
 */
public final class SequenceProof {

    private static final int THREADS = 3;

    private final Workload workload;

    /** Memory models under which it is shown, besides, against fence and completion. */
    private final Set<MemoryModel> weaker = EnumSet.noneOf(MemoryModel.class);

    private SequenceProof(Sequence sequence) {
        workload = new Workload(sequence);
    }

    /** {@return the proof of a sequence, of which nothing is said yet} */
    public static SequenceProof of(Sequence sequence) {
        return new SequenceProof(sequence);
    }

    /**
     * Adds an item: one that is passed for the parameter of that name, or one that is found by
     * offsets.
     *
     * @param name its name
     * @param longs what its cells of 8 bytes hold at first, on every CPU
     */
    public SequenceProof item(String name, long... longs) {
        return item(name, _ -> Cells.longs(longs));
    }

    /**
     * Adds an item.
     *
     * @param name its name
     * @param contents its cells, by CPU; the same number and widths on each
     */
    public SequenceProof item(String name, IntFunction<Cells> contents) {
        workload.items().put(name, contents);
        return this;
    }

    /**
     * Says what the caller's memory is.
     *
     * @param name the name of the parameter
     * @param contents its cells, by the number of the thread, from 0
     */
    public SequenceProof segment(String name, IntFunction<Cells> contents) {
        workload.segments().put(name, contents);
        return this;
    }

    /**
     * Adds a thread that calls the sequence once.
     *
     * @param numbers for those parameters that are numbers, in order
     */
    public SequenceProof call(long... numbers) {
        workload.calls().add(new Workload.Numbers(numbers));
        return this;
    }

    Workload workload() {
        return workload;
    }

    /** Shows it against fence and completion under another memory model, too. */
    SequenceProof under(MemoryModel memoryModel) {
        weaker.add(memoryModel);
        return this;
    }

    /**
     * {@return the right variants and the wrong ones}
     *
     * @param id what one types to run it
     * @throws IllegalArgumentException if something is missing or does not fit the sequence; the
     *     message says what
     */
    public Scenario scenario(String id) {
        Sequence sequence = workload.sequence();
        if (workload.calls().size() != THREADS) {
            throw new IllegalArgumentException(
                    sequence
                            + ": "
                            + workload.calls().size()
                            + " calls (expected: 3, one a thread)");
        }
        List<Variant> variants = new ArrayList<>();
        right(variants);
        wrong(variants);
        return new Scenario(
                id,
                "Sequence " + sequence,
                "Three threads on two CPUs, preempted, moved and signalled before every line.\n\n"
                        + sequence.pseudoCode(),
                variants);
    }

    private void right(List<Variant> variants) {
        Setup old = Setup.RIGHT.with(Version.CLASSIC);
        Setup recent = Setup.RIGHT.with(Version.GENERIC_ENTRY);
        variants.add(
                variant("fast paths", "Three fast paths, on Linux 6.18.", Against.FAST_PATH, old)
                        .holds(SC));
        variants.add(
                variant(
                                "fence",
                                "Two fast paths, and a fence, on Linux 6.19.",
                                Against.FENCE,
                                recent)
                        .holds(SC)
                        .holds(weaker()));
        if (workload.sequence().stoppable()) {
            String text = "Two fast paths, and one that is completed from elsewhere.";
            variants.add(
                    variant("vector", text, Against.VECTOR, recent)
                            .holds(writesEarly() ? SC : TSO)
                            .holds(weaker()));
        }
        reached(variants, "an attempt is aborted", Against.FAST_PATH);
        reached(variants, "a call commits", Against.FAST_PATH);
        if (workload.sequence().stoppable()) {
            reached(variants, "an operation is completed from elsewhere", Against.VECTOR);
            reached(variants, "a range is found stopped", Against.VECTOR);
        }
    }

    private void reached(List<Variant> variants, String step, Against against) {
        variants.add(
                variant(
                                "reached: " + step,
                                "Right, but said never to do this.",
                                against,
                                Setup.RIGHT.claiming(step))
                        .violated(SC));
    }

    private void wrong(List<Variant> variants) {
        mutant(variants, Mutant.INDEX_OUTSIDE, Against.FAST_PATH);
        mutant(variants, Mutant.SECTION_TOO_SHORT, Against.FAST_PATH);
        mutant(variants, Mutant.SECTION_TOO_LONG, Against.FAST_PATH);
        if (hasSpeculativeStore()) {
            mutant(variants, Mutant.COMMIT_NOT_LAST, Against.FAST_PATH);
        }
        if (workload.sequence().stoppable()) {
            mutant(variants, Mutant.STOP_WORD_UNTESTED, Against.VECTOR, weaker());
            mutant(variants, Mutant.NO_FENCE, Against.VECTOR, weaker());
        }
    }

    private MemoryModel[] weaker() {
        return weaker.toArray(MemoryModel[]::new);
    }

    /* Stores before the commit make many more states where a CPU can hold them back. */
    private boolean writesEarly() {
        return workload.sequence().ops().stream()
                .anyMatch(op -> op instanceof Op.Store || op instanceof Op.Copy);
    }

    /* Only of those in the range the order matters: the caller's memory is nobody else's. */
    private boolean hasSpeculativeStore() {
        return workload.sequence().ops().stream()
                .anyMatch(op ->
                        op instanceof Op.Store
                                || (op instanceof Op.Copy copy && !Spots.isInSegment(copy.to())));
    }

    private void mutant(
            List<Variant> variants, Mutant mutant, Against against, MemoryModel... besides) {
        variants.add(
                variant(mutant.title(), mutant.text(), against, Setup.RIGHT.with(mutant))
                        .violated(SC)
                        .violated(besides));
    }

    private Variant variant(String name, String text, Against against, Setup setup) {
        return Variant.of(
                name, text, against.model(workload.sequence() + ", " + name, setup, workload));
    }
}
