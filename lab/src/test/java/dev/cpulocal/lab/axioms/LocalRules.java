// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.axioms;

import static dev.cpulocal.lab.internal.machine.Instruction.READS;
import static dev.cpulocal.lab.internal.machine.Instruction.WRITES;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Order;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which accesses of one task come before which, rule by rule. */
public final class LocalRules {

    /*
     * SC      program order
     * TSO     program order, but for a write and a later read, unless there is a barrier between the
     *         two or one of them is of an update
     * PSO     the same without writes and later writes elsewhere
     * ARMv8   "lob" of aarch64.cat: dependencies, atomic updates, barriers
     * RISC-V  the rules of preserved program order in the manual, by their numbers
     *
     * Left out are rules that the axioms imply: that an access comes before a later write to its place,
     * and a read before a later read of its place that reads another write, is in the order of writes
     * and from-read. RISC-V's rule 8 is of load-reserved, which there is none of here.
     */

    /** Tells which write a read reads; null if none but the initial value. */
    interface Source {
        @Nullable Event of(Event read);
    }

    /** Whether an access comes before a later one of the same task. */
    private interface Holds {
        boolean test(Path path, Event a, Event b, Source source);
    }

    /** A rule. */
    public static final class Rule {
        private final String name;
        private final Holds holds;

        private Rule(String name, Holds holds) {
            this.name = name;
            this.holds = holds;
        }

        boolean isBefore(Path path, Event a, Event b, Source source) {
            return holds.test(path, a, b, source);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private LocalRules() {}

    /** {@return the rules of a memory model: any of them suffices} */
    public static List<Rule> of(MemoryModel model) {
        return switch (model) {
            case SC -> SC;
            case TSO -> TSO;
            case PSO -> PSO;
            case ARMV8 -> ARM;
            case RISCV -> RISCV;
        };
    }

    /* ------------------------- SC, TSO, PSO ------------------------- */

    private static final List<Rule> SC = List.of(new Rule("program order", (_, _, _, _) -> true));

    private static final Rule READ_FIRST = new Rule("read first", (_, a, _, _) -> a.read());
    private static final Rule FULL_BARRIER =
            new Rule("full barrier", (path, a, b, _) -> isFenced(path, a, b, READS | WRITES));

    private static final List<Rule> TSO =
            List.of(READ_FIRST, FULL_BARRIER, new Rule("write second", (_, _, b, _) -> b.write()));

    private static final List<Rule> PSO =
            List.of(
                    READ_FIRST,
                    FULL_BARRIER,
                    new Rule(
                            "barrier between stores",
                            (path, a, b, _) -> b.write() && isFenced(path, a, b, WRITES)),
                    new Rule(
                            "release",
                            (path, a, b, _) -> b.write() && isReleasedBetween(path, a, b)));

    private static boolean isSamePlace(Event a, Event b) {
        return a.location() == b.location();
    }

    private static boolean isFenced(Path path, Event a, Event b, int kinds) {
        return path.barriers().stream()
                .anyMatch(barrier ->
                        barrier.before() == kinds
                                && barrier.position() > a.index()
                                && barrier.position() <= b.index());
    }

    private static boolean isReleasedBetween(Path path, Event a, Event b) {
        return path.events().subList(a.index() + 1, b.index() + 1).stream()
                .anyMatch(one -> one.write() && one.order().releases());
    }

    /* ------------------------- ARMv8 ------------------------- */

    private static final Rule ADDRESS =
            new Rule("address", (_, a, b, _) -> a.read() && Event.has(b.address(), a));
    private static final Rule DATA =
            new Rule("data", (_, a, b, _) -> a.read() && Event.has(b.data(), a));
    private static final Rule CONTROL =
            new Rule("control", (_, a, b, _) -> a.read() && b.write() && Event.has(b.control(), a));
    private static final Rule ADDRESS_BETWEEN =
            new Rule(
                    "address of an access between, write",
                    (path, a, b, _) ->
                            a.read()
                                    && b.write()
                                    && path.between(a, b).stream()
                                            .anyMatch(one -> Event.has(one.address(), a)));

    private static final List<Rule> ARM =
            List.of(
                    ADDRESS,
                    DATA,
                    CONTROL,
                    ADDRESS_BETWEEN,
                    new Rule(
                            "read of a write that depends",
                            (path, a, b, _) ->
                                    path.between(a, b).stream()
                                            .anyMatch(write ->
                                                    isLastBefore(path, write, b)
                                                            && dependsOn(write, a))),
                    new Rule(
                            "acquire of an update's write",
                            (path, a, b, _) ->
                                    a.atomic() && b.order().acquires() && isLastBefore(path, a, b)),
                    new Rule("acquire", (_, a, _, _) -> a.read() && a.order().acquires()),
                    new Rule("release", (_, _, b, _) -> b.write() && b.order().releases()),
                    new Rule(
                            "release before acquire",
                            (_, a, b, _) ->
                                    a.write()
                                            && a.order().releases()
                                            && b.read()
                                            && b.order().acquires()
                                            && b.order() != Order.ACQUIRE_PC),
                    new Rule(
                            "update that acquires and releases",
                            (_, a, _, _) ->
                                    a.write()
                                            && a.atomic()
                                            && a.order().acquires()
                                            && a.order().releases()),
                    new Rule("barrier", (path, a, b, _) -> path.isFenced(a, kind(a), b, kind(b))));

    private static int kind(Event event) {
        return event.write() ? WRITES : READS;
    }

    private static boolean dependsOn(Event write, Event read) {
        return read.read()
                && write.write()
                && (Event.has(write.address(), read) || Event.has(write.data(), read));
    }

    /**
     * Whether a read comes after a write of its place with no other write there between the two.
     */
    private static boolean isLastBefore(Path path, Event write, Event read) {
        return write.write()
                && read.read()
                && isSamePlace(write, read)
                && path.between(write, read).stream()
                        .noneMatch(one -> one.write() && isSamePlace(one, read));
    }

    /* ------------------------- RISC-V ------------------------- */

    private static final List<Rule> RISCV =
            List.of(
                    new Rule(
                            "3: read of an update",
                            (_, a, b, source) ->
                                    a.write() && a.atomic() && b.read() && a.equals(source.of(b))),
                    new Rule(
                            "4: barrier",
                            (path, a, b, _) -> path.isFenced(a, kinds(a), b, kinds(b))),
                    new Rule("5: acquire", (_, a, _, _) -> a.order().acquires()),
                    new Rule("6: release", (_, _, b, _) -> b.order().releases()),
                    new Rule(
                            "7: ordered updates",
                            (_, a, b, _) ->
                                    a.atomic()
                                            && b.atomic()
                                            && a.order() != Order.PLAIN
                                            && b.order() != Order.PLAIN),
                    ADDRESS,
                    DATA,
                    CONTROL,
                    new Rule(
                            "12: read of a write that depends",
                            (path, a, b, source) ->
                                    b.read()
                                            && path.between(a, b).stream()
                                                    .anyMatch(write ->
                                                            write.equals(source.of(b))
                                                                    && dependsOn(write, a))),
                    ADDRESS_BETWEEN);

    private static int kinds(Event event) {
        return event.atomic() ? READS | WRITES : kind(event);
    }
}
