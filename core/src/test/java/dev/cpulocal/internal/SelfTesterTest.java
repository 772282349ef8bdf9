// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq;
import dev.cpulocal.SelfTest.Check;
import dev.cpulocal.SelfTest.Verdict;
import dev.cpulocal.Sequence;
import dev.cpulocal.internal.x64.Mutants;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SelfTesterTest {

    private static final Set<String> CAUSES =
            Set.of("preemption", "signal", "migration", "membarrier");

    @BeforeAll
    static void needsRseqOnTwoCpus() {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
        assumeTrue(Libc.affinity(0).size() > 1, "one CPU is allowed");
    }

    private static Machine machine() {
        return Architecture.current().flatMap(Architecture::machine).orElseThrow();
    }

    private static List<Check> run(Machine machine, BooleanSupplier registerThread) {
        Rseq.Registration registration = Rseq.registration();
        return SelfTester.run(
                machine,
                registration.areaOffset(),
                registration.signature(),
                registerThread,
                FenceRegistration.start());
    }

    @Test
    void provesOfEachCauseThatItAborts() {
        Set<String> proved = new HashSet<>();
        for (int runs = 0; runs < 20 && !proved.equals(CAUSES); runs++) {
            for (Check check : run(machine(), () -> true)) {
                assertNotEquals(Verdict.SURVIVED, check.verdict(), check.toString());
                if (check.verdict() == Verdict.ABORTED) {
                    proved.add(check.cause());
                }
            }
        }
        assertEquals(CAUSES, proved);
    }

    /** As on a kernel that aborts nothing: the section never tells it where it is. */
    @Test
    void findsASectionThatSurvives() {
        Set<String> found = new HashSet<>();
        for (int runs = 0; runs < 20 && !found.equals(CAUSES); runs++) {
            for (Check check : run(new Unannounced(machine()), () -> true)) {
                assertNotEquals(Verdict.ABORTED, check.verdict(), check.toString());
                if (check.verdict() == Verdict.SURVIVED) {
                    found.add(check.cause());
                }
            }
        }
        assertEquals(CAUSES, found);
    }

    @Test
    void interruptOfTheCallerDecidesNothingAndIsKept() {
        Thread.currentThread().interrupt();

        List<Check> checks = run(machine(), () -> true);

        assertTrue(Thread.interrupted());
        assertEquals(CAUSES.size(), checks.size());
        for (Check check : checks) {
            assertNotEquals(Verdict.SURVIVED, check.verdict(), check.toString());
        }
    }

    @Test
    void provesNothingWithThreadsThatCannotBeRegistered() {
        List<Check> checks = run(machine(), () -> false);
        assertEquals(CAUSES.size(), checks.size());
        for (Check check : checks) {
            assertEquals(Verdict.NOT_TESTED, check.verdict(), check.toString());
            assertEquals("the thread could not be registered", check.detail());
        }
    }

    /** Its waiting section does not store the address of its descriptor. */
    private record Unannounced(Machine machine) implements Machine {

        @Override
        public Code waitingSection(int areaOffset, int signature) {
            return Mutants.withoutDescriptor(machine.waitingSection(areaOffset, signature));
        }

        @Override
        public Code emit(Sequence sequence, Target target) {
            return machine.emit(sequence, target);
        }

        @Override
        public Code readThreadLocal(int offset) {
            return machine.readThreadLocal(offset);
        }

        @Override
        public Code registerThread(int areaOffset, int systemCall) {
            return machine.registerThread(areaOffset, systemCall);
        }

        @Override
        public Code doNothing() {
            return machine.doNothing();
        }
    }
}
