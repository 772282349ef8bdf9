// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.doctor;

import com.fasterxml.jackson.annotation.JsonGetter;
import dev.cpulocal.Availability;
import dev.cpulocal.CpuSet;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Rseq;
import dev.cpulocal.SelfTest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was found, as {@code doctor --json} prints it: the names of the components are an interface.
 *
 * @param version of cpulocal
 * @param mode how operations are executed
 * @param verdict the whole in one sentence
 * @param platform where this runs
 * @param cpus the CPUs
 * @param settings what the user set, by name; null where nothing is set
 * @param capabilities what is needed for sequences to run as machine code, and whether it is there
 * @param registration the facts of the registration with the kernel
 * @param selfTest whether the kernel really aborts sections
 * @param membarrier which barriers the kernel offers
 */
public record Findings(
        String version,
        Mode mode,
        String verdict,
        Platform platform,
        Cpus cpus,
        Map<String, String> settings,
        List<Capability> capabilities,
        Rseq.Registration registration,
        SelfTest selfTest,
        Barriers membarrier) {

    /** How operations are executed. */
    public enum Mode {
        /** As machine code, in all threads. */
        RSEQ,
        /** As machine code in some threads and interpreted in others: for tests. */
        RANDOM,
        /** Interpreted under the stop word, and counters by atomic instructions. */
        PORTABLE
    }

    /**
     * Where this runs.
     *
     * @param os the operating system and its release
     * @param architecture by the name that the JVM gives it
     * @param processor what the processor calls itself
     * @param libc the C library and its version
     * @param jdk the version of the Java platform
     * @param vm the virtual machine
     */
    public record Platform(
            String os, String architecture, String processor, String libc, String jdk, String vm) {}

    /**
     * The CPUs, sets in the kernel's list form.
     *
     * @param possible which can ever be online
     * @param online which are online now
     * @param availableProcessors how many the JVM may use
     * @param current which one ran this when it was asked; -1 if the platform does not say
     * @param concurrencyId the concurrency id at that moment, or -1
     * @param node the NUMA node at that moment, or -1
     */
    public record Cpus(
            String possible,
            String online,
            int availableProcessors,
            int current,
            int concurrencyId,
            int node) {

        static Cpus of(CpuSet possible, CpuSet online, int current, int concurrencyId, int node) {
            int available = Runtime.getRuntime().availableProcessors();
            return new Cpus(
                    possible.toString(),
                    online.toString(),
                    available,
                    current,
                    concurrencyId,
                    node);
        }
    }

    /**
     * Something that is needed, and whether it is there.
     *
     * @param id its name for machines
     * @param name its name for people
     * @param available whether it is there
     * @param reason why not; empty if it is
     * @param remedy what the user can do; empty if it is there or nothing helps
     */
    public record Capability(
            String id, String name, boolean available, String reason, String remedy) {

        static Capability of(String id, String name, Availability availability) {
            return new Capability(
                    id,
                    name,
                    availability.isAvailable(),
                    availability.reason(),
                    availability.remedy());
        }
    }

    /**
     * What membarrier(2) offers.
     *
     * @param supported the commands
     * @param registrations what the kernel reports for this process
     */
    public record Barriers(
            Set<Membarrier.Command> supported, Set<Membarrier.Command> registrations) {}

    /** {@return whether sequences run as machine code, in some threads at least} */
    @JsonGetter
    public boolean machineCode() {
        return mode != Mode.PORTABLE;
    }

    /** {@return whether the self-test ran and no section survived} */
    @JsonGetter
    public boolean selfTestPassed() {
        return selfTest.passed();
    }
}
