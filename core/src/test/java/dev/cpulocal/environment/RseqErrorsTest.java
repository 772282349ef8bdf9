// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cpulocal.Rseq;
import dev.cpulocal.environment.Jvm.Report;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Errno;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What rseq(2) answers to right and wrong calls, on which the library's search for a registration
 * relies. Each call is made by a process of its own.
 */
class RseqErrorsTest {

    private static Report report;

    @BeforeAll
    static void makeTheCalls() throws InterruptedException {
        assumeTrue(Rseq.availability().isAvailable(), Rseq.availability().reason());
        report = CProgram.RSEQ_ERRORS.runUnregistered();
    }

    private static void assertAnswer(String expected, String name) {
        assertEquals(expected, report.fact(name), name);
    }

    /** The calls of the test of that name in librseq and the kernel's selftests, in their order. */
    @ParameterizedTest
    @CsvSource({
        "fresh.flags.-1, EINVAL",
        "fresh.unaligned.1, EINVAL",
        "fresh.length.31, EINVAL",
        "fresh.kernel, EFAULT",
        "fresh.valid, 0",
        "again.identical, EBUSY",
        "unregister.signature, EPERM",
        "unregister.identical, 0",
        "unregister.twice, EINVAL"
    })
    void syscallErrorsTest(String name, String expected) {
        assertAnswer(expected, name);
    }

    @ParameterizedTest
    @CsvSource({
        "fresh.probe, EINVAL",
        "fresh.flags.4, EINVAL",
        "fresh.unaligned.16, EINVAL",
        "fresh.length.0, EINVAL",
        "fresh.length.20, EINVAL",
        "fresh.length.28, EINVAL",
        "fresh.length.64.unaligned, EINVAL",
        "fresh.unregister, EINVAL"
    })
    void wrongRegistrationIsInvalid(String name, String expected) {
        assertAnswer(expected, name);
    }

    /** A longer area than the kernel knows is welcome, so a length says nothing about features. */
    @ParameterizedTest
    @CsvSource({"fresh.length.33, 0", "fresh.length.4096, 0"})
    void longerAreaIsRegistered(String name, String expected) {
        assertAnswer(expected, name);
    }

    /** Area and length are compared before the signature. */
    @ParameterizedTest
    @CsvSource({
        "again.area, EINVAL",
        "again.length, EINVAL",
        "again.signature, EPERM",
        "again.area.signature, EINVAL",
        "again.length.signature, EINVAL",
        "again.flags, EINVAL"
    })
    void secondRegistrationFails(String name, String expected) {
        assertAnswer(expected, name);
    }

    @ParameterizedTest
    @CsvSource({
        "unregister.area, EINVAL",
        "unregister.length, EINVAL",
        "unregister.length.20, EINVAL",
        "unregister.area.signature, EINVAL",
        "unregister.length.signature, EINVAL",
        "unregister.flags.3, EINVAL",
        "unregister.flags.-1, EINVAL"
    })
    void onlyTheRegisteredAreaIsUnregistered(String name, String expected) {
        assertAnswer(expected, name);
    }

    @Test
    void areaCanBeRegisteredAgainAfterItWasUnregistered() {
        assertAnswer("0", "unregister.register");
    }

    @ParameterizedTest
    @CsvSource({"4, 4294967295", "20, 0", "24, 0"})
    void fieldsAreResetWhenUnregistered(int offset, String expected) {
        assertAnswer(expected, "unregister.field." + offset);
    }

    /** Linux before 6.15 looks only when it writes, and kills then. */
    @Test
    void unmappedAreaIsAFaultOrKills() {
        assertTrue(Set.of("EFAULT", "SIGSEGV").contains(report.fact("fresh.unmapped")));
    }

    /** The kernel clears the pointer since 6.15, and followed it before. */
    @Test
    void garbageInTheDescriptorPointerIsClearedOrKills() {
        assertTrue(Set.of("0", "SIGSEGV").contains(report.fact("fresh.garbage")));
    }

    @Test
    void readOnlyAreaKills() {
        assertAnswer("SIGSEGV", "fresh.readOnly");
    }

    @Test
    void areaThatCannotBeResetIsAFault() {
        assertAnswer("EFAULT", "unregister.lostPage");
    }

    @Test
    void forkTest() {
        assertAnswer("EBUSY", "fork");
    }

    @ParameterizedTest
    @CsvSource({"cloneVm, EINVAL", "thread.unregister, EINVAL", "thread.register, 0"})
    void taskThatSharesTheMemoryBeginsUnregistered(String name, String expected) {
        assertAnswer(expected, name);
    }

    @Test
    void executedProgramBeginsUnregistered() {
        assertAnswer("0", "exec");
    }

    /** On each CPU, the number, the first number and the node are those that getcpu(2) says. */
    @Test
    void basicTest() {
        assertAnswer("0", "wrongCpus");
    }

    /* ------------------------- The C library ------------------------- */

    private static Report libc(String registers, String... confinement)
            throws InterruptedException {
        return CProgram.RSEQ_LIBC.run(
                Map.of("GLIBC_TUNABLES", "glibc.pthread.rseq=" + registers), List.of(confinement));
    }

    @Test
    void basicTestOfTheLibrarysRegistration() throws InterruptedException {
        Report found = libc("1");
        assertEquals("0", found.fact("flags"));
        assertTrue(Integer.parseInt(found.fact("size")) >= 20, found.output());
        assertTrue(Integer.parseInt(found.fact("cpu_id")) >= 0, found.output());
        assertEquals("1", found.fact("hasOffset"));
    }

    /** Its length is 32 or more, even where its size says 20. */
    @Test
    void libraryRegistersMoreThanItUses() throws InterruptedException {
        Report found = libc("1");
        assertEquals("EINVAL", found.fact("unregister.20"));
        assertEquals("0", found.fact("unregister"));
        assertTrue(Integer.parseInt(found.fact("cpu_id.after")) < 0, found.output());
    }

    @Test
    void threadOfAnUnregisteredThreadIsNotRegistered() throws InterruptedException {
        Report found = libc("1");
        assertTrue(Integer.parseInt(found.fact("cpu_id.thread.before")) >= 0, found.output());
        assertTrue(Integer.parseInt(found.fact("cpu_id.thread.after")) < 0, found.output());
    }

    @Test
    void unregisteredTest() throws InterruptedException {
        assertNotRegistered(libc("0"));
    }

    @Test
    void noSyscallTest() throws InterruptedException {
        int rseq = Architecture.current().orElseThrow().rseqNumber();
        Report found = libc("1", "deny=" + rseq + ":" + Errno.ENOSYS);
        assertNotRegistered(found);
        assertEquals("ENOSYS", found.fact("unregister"));
    }

    private static void assertNotRegistered(Report found) {
        assertEquals("0", found.fact("flags"));
        assertEquals("0", found.fact("size"));
        assertEquals("1", found.fact("hasOffset"));
        assertTrue(Integer.parseInt(found.fact("cpu_id")) < 0, found.output());
    }

    /* ------------------------- Counter-check ------------------------- */

    /** Where a filter answers for the kernel, the same program reports the filter. */
    @ParameterizedTest
    @CsvSource({Errno.ENOSYS + ", ENOSYS", Errno.EPERM + ", EPERM"})
    void answersAreThoseOfTheSystemCall(int errno, String name) throws InterruptedException {
        int rseq = Architecture.current().orElseThrow().rseqNumber();
        Report filtered = CProgram.RSEQ_ERRORS.run(Map.of(), List.of("deny=" + rseq + ":" + errno));
        for (String call : List.of("fresh.probe", "fresh.valid", "fresh.kernel")) {
            assertEquals(name, filtered.fact(call), call);
        }
    }
}
