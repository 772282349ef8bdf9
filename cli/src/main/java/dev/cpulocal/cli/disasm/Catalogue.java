// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.disasm;

import dev.cpulocal.Op;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.Value;
import dev.cpulocal.cli.UsageException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sequences of the library, as {@code disasm --json} prints them.
 *
 * @param sequences all of them
 */
public record Catalogue(List<Entry> sequences) {

    /**
     * One sequence.
     *
     * @param name its name
     * @param parameters the names of its parameters
     * @param pseudoCode its ops
     * @param stoppable whether it tests the stop word
     */
    public record Entry(
            String name, List<String> parameters, List<String> pseudoCode, boolean stoppable) {}

    /** {@return the catalogue} */
    public static Catalogue get() {
        return new Catalogue(Sequences.all().stream().map(Catalogue::entry).toList());
    }

    private static Entry entry(Sequence sequence) {
        return new Entry(
                sequence.name(),
                sequence.parameters().stream().map(Value.Parameter::name).toList(),
                sequence.ops().stream().map(Op::toString).toList(),
                sequence.stoppable());
    }

    /**
     * {@return a sequence of the catalogue}
     *
     * @param name its name; hyphens and underscores are the same
     * @throws UsageException if there is none
     */
    public static Sequence find(String name) {
        return Sequences.all().stream()
                .filter(sequence -> plain(sequence.name()).equals(plain(name)))
                .findFirst()
                .orElseThrow(() ->
                        new UsageException(
                                "sequence: "
                                        + name
                                        + " (expected: one of "
                                        + Sequences.all().stream()
                                                .map(Sequence::name)
                                                .collect(Collectors.joining(", "))
                                        + ")"));
    }

    private static String plain(String name) {
        return name.replace('-', '_');
    }

    /** {@return the catalogue as text for people: names, and below each its pseudo-code} */
    public String render() {
        return sequences.stream()
                .map(entry -> entry.name + "\n    " + String.join("; ", entry.pseudoCode) + "\n")
                .collect(Collectors.joining());
    }
}
