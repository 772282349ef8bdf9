// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Membarrier.Command;
import dev.cpulocal.internal.Errno;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MembarrierTest {

    private static final int QUERY = Membarrier.call(Command.QUERY, 0, 0);

    @BeforeAll
    static void registerAll() {
        Stream.of(Command.values()).forEach(Membarrier::register);
    }

    @Test
    void queryIsTheMaskOfTheCommandsThatTheKernelOffers() {
        assertTrue(QUERY > 0);
        Set<Command> supported = Membarrier.supported();
        Set<Command> inMask =
                Stream.of(Command.values())
                        .filter(command -> (QUERY & command.value()) != 0)
                        .collect(Collectors.toCollection(() -> EnumSet.of(Command.QUERY)));
        assertEquals(inMask, supported);
    }

    @ParameterizedTest
    @EnumSource
    void commandSucceedsIfTheKernelOffersIt(Command command) {
        boolean offered = Membarrier.availability(command).isAvailable();
        int result = Membarrier.call(command, 0, 0);
        switch (command) {
            case QUERY -> assertEquals(QUERY, result);
            case GET_REGISTRATIONS -> assertEquals(offered, result > 0);
            default -> assertEquals(offered ? 0 : -Errno.EINVAL, result);
        }
    }

    @ParameterizedTest
    @EnumSource
    void flagsThatACommandDoesNotKnowAreInvalid(Command command) {
        int offeredFlag = command == Command.PRIVATE_EXPEDITED_RSEQ ? 0 : -Errno.EINVAL;

        assertEquals(offeredFlag, Membarrier.call(command, Membarrier.FLAG_CPU, 0));
        assertEquals(-Errno.EINVAL, Membarrier.call(command, 2, 0));
        assertEquals(-Errno.EINVAL, Membarrier.call(command, -1, 0));
    }

    @Test
    void cpuThatDoesNotExistNeedsNoBarrier() {
        for (int cpu : new int[] {Cpu.possible().last() + 1, 4095, Integer.MAX_VALUE}) {
            assertEquals(
                    0, Membarrier.call(Command.PRIVATE_EXPEDITED_RSEQ, Membarrier.FLAG_CPU, cpu));
            Membarrier.fenceRseq(cpu);
        }
    }

    @Test
    void everyPossibleCpuCanBeFenced() {
        Cpu.possible().stream()
                .forEach(cpu -> {
                    Membarrier.fenceRseq(cpu);
                    assertEquals(
                            0,
                            Membarrier.call(
                                    Command.PRIVATE_EXPEDITED_RSEQ, Membarrier.FLAG_CPU, cpu));
                });
    }

    @Test
    void negativeCpuIsRefused() {
        for (int cpu : new int[] {-1, Integer.MIN_VALUE}) {
            assertThrown(
                    IllegalArgumentException.class,
                    "cpu: " + cpu + " (expected: >= 0)",
                    () -> Membarrier.fenceRseq(cpu));
        }
    }

    @Test
    void registrationsAreThoseThatWereMade() {
        Set<Command> made =
                Membarrier.supported().stream()
                        .flatMap(command -> command.registration().stream())
                        .collect(Collectors.toSet());

        Set<Command> reported = Membarrier.registrations();

        assertTrue(reported.containsAll(made), () -> reported + " of " + made);
        assertTrue(reported.stream().allMatch(command -> command.name().startsWith("REGISTER_")));
    }

    @ParameterizedTest
    @EnumSource
    void registrationCanBeRepeated(Command command) {
        Set<Command> before = Membarrier.registrations();

        Membarrier.register(command);
        Membarrier.register(command);

        assertEquals(before, Membarrier.registrations());
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "GLOBAL",
                "GLOBAL_EXPEDITED",
                "PRIVATE_EXPEDITED",
                "PRIVATE_EXPEDITED_SYNC_CORE",
                "PRIVATE_EXPEDITED_RSEQ"
            })
    void fenceCompletes(Command command) {
        if (Membarrier.availability(command).isAvailable()) {
            Membarrier.fence(command);
        } else {
            assertThrown(
                    UnsupportedOperationException.class,
                    "membarrier(" + command + "): EINVAL",
                    () -> Membarrier.fence(command));
        }
    }

    @Test
    void valuesAreTheKernels() {
        int expected = 0;
        for (Command command : Command.values()) {
            assertEquals(expected, command.value());
            expected = expected == 0 ? 1 : expected * 2;
        }
    }
}
