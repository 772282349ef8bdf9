// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Membarrier;
import dev.cpulocal.Membarrier.Command;
import dev.cpulocal.environment.Jvm.Report;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Errno;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What membarrier(2) answers in a fresh process, before and after each registration. */
class MembarrierErrorsTest {

    private static final String OK = "0";
    private static final String NOT_REGISTERED = "EPERM";
    private static final String INVALID = "EINVAL";

    @BeforeAll
    static void needsAllCommands() {
        for (Command command : Command.values()) {
            assumeTrue(
                    Membarrier.availability(command).isAvailable(),
                    Membarrier.availability(command).reason());
        }
    }

    /** The kernel's {@code membarrier_test_single_thread}, and the rest of what it answers. */
    @Nested
    class SingleThread extends Answers {
        SingleThread() throws InterruptedException {
            super(CProgram.MEMBARRIER_ERRORS.run(Map.of(), List.of()));
        }
    }

    /** {@code membarrier_test_multi_thread}: the kernel has a shortcut for a single one. */
    @Nested
    class MultiThread extends Answers {
        MultiThread() throws InterruptedException {
            super(CProgram.MEMBARRIER_ERRORS.run(Map.of(), List.of(), "threads"));
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Answers {
        private final Report report;

        Answers(Report report) {
            this.report = report;
        }

        private void assertAnswer(String expected, String name) {
            assertEquals(expected, report.fact(name), name);
        }

        @Test
        void queryIsWhatTheLibraryIsTold() {
            assertAnswer(String.valueOf(Membarrier.call(Command.QUERY, 0, 0)), "query.QUERY");
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 3, 1 << 30})
        void unknownCommandIsInvalid(int command) {
            assertAnswer(INVALID, "unknown." + command);
        }

        @ParameterizedTest
        @EnumSource
        void flagsAreInvalid(Command command) {
            boolean fence = command == Command.PRIVATE_EXPEDITED_RSEQ;
            assertAnswer(fence ? NOT_REGISTERED : INVALID, "flags.1." + command);
            for (int flags : new int[] {2, 3, -1}) {
                assertAnswer(INVALID, "flags." + flags + "." + command);
            }
        }

        @Test
        void globalBarrierNeedsNoRegistration() {
            assertAnswer(OK, "global.GLOBAL");
            assertAnswer(OK, "fresh.GLOBAL_EXPEDITED");
        }

        /** One line for each state, in the order in which the registrations were made. */
        @ParameterizedTest
        @CsvSource({
            "fresh, EPERM, EPERM, EPERM",
            "register.RSEQ, EPERM, EPERM, 0",
            "register.SYNC_CORE, EPERM, 0, 0",
            "register.PRIVATE, 0, 0, 0",
            "register.GLOBAL, 0, 0, 0",
            "fork, 0, 0, 0",
            "exec, EPERM, EPERM, EPERM"
        })
        void eachPrivateBarrierNeedsItsOwnRegistration(
                String when, String plain, String syncCore, String rseq) {
            assertAnswer(OK, when + ".GLOBAL_EXPEDITED");
            assertAnswer(plain, when + ".PRIVATE_EXPEDITED");
            assertAnswer(syncCore, when + ".PRIVATE_EXPEDITED_SYNC_CORE");
            assertAnswer(rseq, when + ".PRIVATE_EXPEDITED_RSEQ");
            assertAnswer(rseq, when + ".PRIVATE_EXPEDITED_RSEQ.cpu");
        }

        /** The one for PRIVATE_EXPEDITED is reported with every other, though it was not made. */
        @ParameterizedTest
        @CsvSource({
            "fresh, 0",
            "register.RSEQ, 272",
            "register.SYNC_CORE, 336",
            "register.PRIVATE, 336",
            "register.GLOBAL, 340",
            "fork, 340",
            "exec, 0"
        })
        void registrationsAreOverreportedInheritedByForkAndDroppedByExec(
                String when, String registrations) {
            assertAnswer(registrations, when + ".GET_REGISTRATIONS");
        }

        @ParameterizedTest
        @ValueSource(strings = {"RSEQ", "SYNC_CORE", "PRIVATE", "GLOBAL"})
        void registrationCanBeRepeated(String name) {
            assertAnswer(OK, "register." + name + ".first");
            assertAnswer(OK, "register." + name + ".second");
        }

        /** Existing, not existing, and negative: all CPUs. */
        @ParameterizedTest
        @ValueSource(ints = {0, 9999, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
        void anyCpuCanBeNamed(int cpu) {
            assertAnswer(OK, "cpu." + cpu);
        }
    }

    /* ------------------------- Filtered ------------------------- */

    /** Also the counter-check: the program reports what the system call answers. */
    @ParameterizedTest
    @CsvSource({Errno.ENOSYS + ", ENOSYS", Errno.EPERM + ", EPERM"})
    void everyAnswerIsTheFilters(int errno, String name) throws InterruptedException {
        Report report = CProgram.MEMBARRIER_ERRORS.run(Map.of(), List.of(deny(errno)));
        report.facts().remove("forked");
        assertTrue(report.facts().size() > 50, report.output());
        report.facts().forEach((call, answer) -> assertEquals(name, answer, call));
    }

    private static String deny(int errno) {
        return "deny=" + Architecture.current().orElseThrow().membarrierNumber() + ":" + errno;
    }

    @ParameterizedTest
    @CsvSource({
        Errno.ENOSYS
                + ", ENOSYS, 'use a kernel with CONFIG_MEMBARRIER, or allow membarrier in the seccomp filter'",
        Errno.EPERM + ", EPERM, allow membarrier in the seccomp filter"
    })
    void libraryNamesTheErrorOfAFilter(int errno, String name, String remedy)
            throws InterruptedException {
        Report report =
                Jvm.onClassPath(DeniedMembarrier.class)
                        .denying(Architecture.current().orElseThrow().membarrierNumber(), errno)
                        .run()
                        .succeeded();
        assertEquals("[]", report.fact("supported"));
        assertEquals("[]", report.fact("registrations"));
        Stream.of(Command.values())
                .forEach(command -> {
                    assertEquals(String.valueOf(-errno), report.fact("call." + command));
                    assertEquals(
                            "membarrier(QUERY) fails with " + name,
                            report.fact("reason." + command));
                    assertEquals(remedy, report.fact("remedy." + command));
                    // What needs a registration asks for it after EPERM, and fails there.
                    Command refused =
                            errno == Errno.EPERM ? command.registration().orElse(command) : command;
                    assertEquals(
                            "UnsupportedOperationException: membarrier(" + refused + "): " + name,
                            report.fact("fence." + command));
                });
        assertTrue(report.fact("fenceRseq").endsWith("): " + name), report.output());
    }
}
