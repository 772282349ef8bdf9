// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.doctor;

import dev.cpulocal.Availability;
import dev.cpulocal.Cpu;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Rseq;
import dev.cpulocal.cli.doctor.Findings.Barriers;
import dev.cpulocal.cli.doctor.Findings.Capability;
import dev.cpulocal.cli.doctor.Findings.Cpus;
import dev.cpulocal.cli.doctor.Findings.Mode;
import dev.cpulocal.internal.Architecture;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.CodeMemory;
import dev.cpulocal.internal.Libc;
import dev.cpulocal.internal.Machine;
import dev.cpulocal.internal.Platform;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what the running machine offers. Never fails: what cannot be had is a finding. */
public final class Examination {

    private Examination() {}

    /**
     * {@return what was found}
     *
     * @param version of cpulocal
     */
    public static Findings examine(String version) {
        List<Capability> capabilities = capabilities();
        return new Findings(
                version,
                mode(),
                verdict(mode(), Rseq.availability(), Rseq.concurrencyId()),
                Host.platform(),
                Cpus.of(
                        Cpu.possible(),
                        Cpu.online(),
                        Cpu.current(),
                        Cpu.concurrencyId(),
                        Cpu.node()),
                settings(),
                capabilities,
                Rseq.registration(),
                Rseq.selfTest(),
                new Barriers(Membarrier.supported(), Membarrier.registrations()));
    }

    private static Mode mode() {
        if (!Rseq.availability().isAvailable()) {
            return Mode.PORTABLE;
        }
        return Rseq.threads() == Rseq.Threads.SOME ? Mode.RANDOM : Mode.RSEQ;
    }

    static String verdict(Mode mode, Availability rseq, Availability concurrencyId) {
        return switch (mode) {
            case RSEQ ->
                    "Sequences run as machine code, by CPU id"
                            + (concurrencyId.isAvailable() ? " and by concurrency id" : "")
                            + "; the self-test saw the kernel abort them as it must.";
            case RANDOM ->
                    "Sequences run as machine code in some threads only, as the setting for tests"
                            + " asks for.";
            case PORTABLE ->
                    "Portable mode: everything works with the same results, slower, because "
                            + rseq.reason()
                            + (rseq.remedy().isEmpty() ? "." : "; to change that, " + rseq.remedy())
                            + (rseq.remedy().isEmpty() ? "" : ".");
        };
    }

    private static Map<String, @Nullable String> settings() {
        Map<String, @Nullable String> settings = new LinkedHashMap<>();
        settings.put("cpulocal.rseq", System.getProperty("cpulocal.rseq"));
        settings.put("RSEQ_DISABLE", System.getenv("RSEQ_DISABLE"));
        settings.put("GLIBC_TUNABLES", System.getenv("GLIBC_TUNABLES"));
        return settings;
    }

    private static List<Capability> capabilities() {
        return List.of(
                Capability.of("native-access", "native access", Platform.nativeAccess()),
                Capability.of("emitter", "machine code for this architecture", emitter()),
                Capability.of("executable-memory", "executable memory", executableMemory()),
                Capability.of(
                        "glibc-registration", "threads registered by glibc", glibcRegistration()),
                Capability.of("self-test", "the kernel aborts sections", selfTest()),
                Capability.of(
                        "membarrier-rseq",
                        "fence of sequences",
                        Membarrier.availability(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ)),
                Capability.of("cpu_id", "sequences by CPU id", Rseq.availability()),
                Capability.of("mm_cid", "sequences by concurrency id", Rseq.concurrencyId()));
    }

    private static Availability emitter() {
        return Architecture.current().flatMap(Architecture::machine).isPresent()
                ? Availability.available()
                : Availability.unavailable(
                        "sequences are only interpreted on " + System.getProperty("os.arch"), "");
    }

    /** Publishes a function that does nothing, and calls it. */
    private static Availability executableMemory() {
        Machine machine = Architecture.current().flatMap(Architecture::machine).orElse(null);
        if (machine == null) {
            return emitter();
        }
        if (!Platform.nativeAccess().isAvailable()) {
            return Platform.nativeAccess();
        }
        try {
            Code code = machine.doNothing();
            long address = CodeMemory.publish("do_nothing", code) + code.offset("entry");
            Libc.call(MemorySegment.ofAddress(address));
            return Availability.available();
        } catch (UnsupportedOperationException e) {
            return Availability.unavailable(
                    e.getMessage(), "allow this process executable anonymous memory");
        }
    }

    private static Availability glibcRegistration() {
        if (!Platform.nativeAccess().isAvailable()) {
            return Platform.nativeAccess();
        }
        return switch (Rseq.registration().owner()) {
            case GLIBC -> Availability.available();
            case CPULOCAL ->
                    Availability.unavailable(
                            "__rseq_size is 0, so cpulocal registers each thread at its first use"
                                    + " of a sequence",
                            "nothing needs doing; removing glibc.pthread.rseq=0 from GLIBC_TUNABLES"
                                    + " lets glibc do it");
            case NONE ->
                    Availability.unavailable(
                            Rseq.availability().reason(), Rseq.availability().remedy());
        };
    }

    private static Availability selfTest() {
        if (Rseq.selfTest().passed()) {
            return Availability.available();
        }
        return Availability.unavailable(Rseq.availability().reason(), Rseq.availability().remedy());
    }
}
