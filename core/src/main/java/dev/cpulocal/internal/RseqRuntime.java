// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.cpulocal.Availability;
import dev.cpulocal.IndexMode;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Rseq.Abi;
import dev.cpulocal.Rseq.Owner;
import dev.cpulocal.Rseq.Registration;
import dev.cpulocal.Rseq.Threads;
import dev.cpulocal.SelfTest;
import dev.cpulocal.SelfTest.Check;
import dev.cpulocal.SelfTest.Verdict;
import dev.cpulocal.internal.symbols.Symbols;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was found out about rseq in this process, once, at first use. */
public final class RseqRuntime {

    /*
     * The questions are asked in an order in which none can do harm: the setting; the platform; the
     * symbols of the C library; whether the kernel knows rseq (asked only where glibc has not
     * registered, since a seccomp filter may kill for the question); whether code can be executed;
     * whether this thread is or can be registered; whether membarrier can fence sequences, without
     * which nothing could be completed from elsewhere; and last the self-test.
     *
     * Registration. glibc (2.35 and later) registers an area at a fixed distance from the thread
     * pointer, __rseq_offset, in every thread. With GLIBC_TUNABLES=glibc.pthread.rseq=0 it registers
     * none, but the area is still reserved there, so each thread registers that one, on its first
     * call, with the 32 bytes of the first ABI. Emitted code is thus the same in both cases and needs
     * no address of an area, which must never be carried across calls: a virtual thread may have
     * moved to another carrier in between.
     */

    private static final int AT_RSEQ_FEATURE_SIZE = 27;
    private static final int AT_RSEQ_ALIGN = 28;
    private static final Availability NOT_ASKED =
            Availability.unavailable("rseq is not available", "");

    private static @Nullable RseqRuntime instance;

    private final Threads threads;
    private final int signature;
    private Availability availability;
    private Availability concurrencyId = NOT_ASKED;
    private SelfTest selfTest = new SelfTest(List.of(), 0, 0);
    private Owner owner = Owner.NONE;
    private int areaOffset;
    private int reportedBytes;
    private int featureBytes;
    private int alignmentBytes;
    private @Nullable Machine machine;
    private @Nullable MemorySegment register;
    private @Nullable MemorySegment cpuId;

    private RseqRuntime(Threads threads, String setting) {
        this.threads = threads;
        this.signature = Architecture.current().map(Architecture::signature).orElse(0);
        this.availability = find(setting);
    }

    /** {@return the findings of this process} */
    public static synchronized RseqRuntime get() {
        if (instance == null) {
            Symbols.checkSetting();
            String property = System.getProperty("cpulocal.rseq");
            String variable = System.getenv("RSEQ_DISABLE");
            instance =
                    property != null
                            ? new RseqRuntime(
                                    parseProperty(property), "-Dcpulocal.rseq=" + property)
                            : new RseqRuntime(parseVariable(variable), "RSEQ_DISABLE=" + variable);
        }
        return instance;
    }

    private static Threads parseProperty(String value) {
        return switch (value) {
            case "on" -> Threads.ALL;
            case "random" -> Threads.SOME;
            case "off" -> Threads.NONE;
            default ->
                    throw new IllegalArgumentException(
                            "cpulocal.rseq: " + value + " (expected: on, off or random)");
        };
    }

    private static Threads parseVariable(@Nullable String value) {
        return switch (value) {
            case null -> Threads.ALL;
            case "", "0" -> Threads.ALL;
            case "random" -> Threads.SOME;
            case "1" -> Threads.NONE;
            default ->
                    throw new IllegalArgumentException(
                            "RSEQ_DISABLE: " + value + " (expected: 0, 1 or random)");
        };
    }

    /* ------------------------- Finding out ------------------------- */

    private Availability find(String setting) {
        Availability platform = Platform.nativeAccess();
        if (platform.isAvailable()) {
            readLibc();
        }
        if (threads == Threads.NONE) {
            return Availability.unavailable(
                    "it is switched off by " + setting, "remove that setting");
        }
        if (!platform.isAvailable()) {
            return platform;
        }
        Architecture architecture = Architecture.current().orElseThrow();
        Optional<Machine> emitter = architecture.machine();
        if (emitter.isEmpty()) {
            return Availability.unavailable("no machine code is emitted for " + architecture, "");
        }
        machine = emitter.get();
        Availability kernel = findRegistration(architecture);
        return kernel.isAvailable() ? proveSequences(machine) : kernel;
    }

    private void readLibc() {
        featureBytes = (int) Libc.getauxval(AT_RSEQ_FEATURE_SIZE);
        alignmentBytes = (int) Libc.getauxval(AT_RSEQ_ALIGN);
        if (featureBytes == 0) {
            featureBytes = RseqAbi.ORIGINAL_FEATURE_SIZE;
            alignmentBytes = RseqAbi.LEGACY_LENGTH;
        }
        Optional<MemorySegment> offset = Libc.symbol("__rseq_offset");
        Optional<MemorySegment> size = Libc.symbol("__rseq_size");
        if (offset.isPresent() && size.isPresent()) {
            areaOffset = (int) Libc.longAt(offset.get());
            reportedBytes = Libc.intAt(size.get());
            owner = reportedBytes > 0 ? Owner.GLIBC : Owner.CPULOCAL;
        }
    }

    private Availability findRegistration(Architecture architecture) {
        if (owner == Owner.NONE) {
            return Availability.unavailable(
                    "the C library does not say where a thread's rseq area is (__rseq_offset)",
                    "use glibc 2.35 or later");
        }
        if (owner == Owner.CPULOCAL) {
            int probed = (int) -Libc.syscall(architecture.rseqNumber(), 0, 0, 0, 0);
            if (probed != Errno.EINVAL) {
                owner = Owner.NONE;
                return Availability.unavailable(
                        "rseq(2) fails with " + Errno.name(probed),
                        probed == Errno.ENOSYS
                                ? "use Linux 4.18 or later with CONFIG_RSEQ, or allow rseq in the seccomp filter"
                                : "allow rseq in the seccomp filter");
            }
        }
        return Availability.available();
    }

    private Availability proveSequences(Machine emitter) {
        Architecture architecture = Architecture.current().orElseThrow();
        try {
            register =
                    publish(
                            "register_thread",
                            emitter.registerThread(areaOffset, architecture.rseqNumber()));
            cpuId =
                    publish(
                            "rseq_field_" + RseqAbi.CPU_ID,
                            emitter.readThreadLocal(areaOffset + RseqAbi.CPU_ID));
            if (!ensureRegistered()) {
                Availability none =
                        Availability.unavailable(
                                "the rseq area of this thread cannot be registered: "
                                        + Errno.name((int) -tryLength(RseqAbi.LEGACY_LENGTH)),
                                "let glibc register it: remove glibc.pthread.rseq=0 from GLIBC_TUNABLES");
                owner = Owner.NONE;
                return none;
            }
            Availability fence = proveFences(emitter);
            if (!fence.isAvailable()) {
                return fence;
            }
        } catch (UnsupportedOperationException e) {
            return Availability.unavailable(
                    "emitted code cannot be executed: " + e.getMessage(),
                    "allow this process executable anonymous memory");
        }
        concurrencyId =
                Math.min(featureBytes, RseqAbi.LEGACY_LENGTH) >= RseqAbi.MM_CID_END
                        ? Availability.available()
                        : Availability.unavailable(
                                "the kernel has no concurrency ids", "use Linux 6.3 or later");
        return judge(selfTest);
    }

    /** Registers membarrier and runs the self-test meanwhile. */
    private Availability proveFences(Machine emitter) {
        Availability fence = Membarrier.availability(Membarrier.Command.PRIVATE_EXPEDITED_RSEQ);
        if (!fence.isAvailable()) {
            return cannotFence(fence.reason(), fence.remedy());
        }
        long began = System.nanoTime();
        FenceRegistration fences = FenceRegistration.start();
        List<Check> checks =
                SelfTester.run(emitter, areaOffset, signature, this::ensureRegistered, fences);
        boolean registered = fences.await();
        selfTest = new SelfTest(checks, System.nanoTime() - began, fences.nanos());
        return registered
                ? Availability.available()
                : cannotFence(fences.refusal(), "allow membarrier in the seccomp filter");
    }

    private static Availability cannotFence(String reason, String remedy) {
        return Availability.unavailable(
                "sequences cannot be fenced: " + reason,
                remedy.isEmpty() ? "use Linux 5.10 or later" : remedy);
    }

    private Availability judge(SelfTest test) {
        if (test.passed()) {
            return Availability.available();
        }
        String failures =
                String.join(
                        ", ",
                        test.checks().stream()
                                .filter(check -> check.verdict() == Verdict.SURVIVED)
                                .map(Check::cause)
                                .toList());
        Availability no =
                Availability.unavailable(
                        "the self-test failed: a section survived " + failures,
                        "use another kernel (arm64: not 6.19 to 7.0.13)");
        concurrencyId = no;
        return no;
    }

    /* ------------------------- Answers ------------------------- */

    /** {@return whether sequences run as machine code} */
    public Availability availability() {
        return availability;
    }

    /** {@return whether the kernel keeps concurrency ids} */
    public Availability concurrencyId() {
        return concurrencyId.equals(NOT_ASKED) ? availability : concurrencyId;
    }

    /** {@return whether every thread is registered from its start, not at its first use} */
    boolean registersAtStart() {
        return availability.isAvailable() && owner == Owner.GLIBC;
    }

    /** {@return which threads use rseq} */
    public Threads threads() {
        return threads;
    }

    /** {@return what the self-test saw} */
    public SelfTest selfTest() {
        return selfTest;
    }

    /** {@return the emitter for this machine; only where available} */
    Machine machine() {
        if (machine == null) {
            throw new IllegalStateException("rseq: " + availability.reason());
        }
        return machine;
    }

    /** {@return the facts of the registration} */
    public Registration registration() {
        int length = registeredLength();
        Abi abi =
                length == 0
                        ? Abi.UNKNOWN
                        : length == RseqAbi.LEGACY_LENGTH ? Abi.LEGACY : Abi.OPTIMIZED;
        return new Registration(
                owner,
                areaOffset,
                reportedBytes,
                featureBytes,
                alignmentBytes,
                length,
                abi,
                signature);
    }

    /**
     * The kernel answers EBUSY to a registration that repeats the present one exactly, and EINVAL
     * to one of another length; so asking changes nothing.
     */
    private int registeredLength() {
        if (isThreadRegistered()) {
            for (int length : new int[] {RseqAbi.LEGACY_LENGTH, featureBytes}) {
                if (length >= RseqAbi.LEGACY_LENGTH && tryLength(length) == -Errno.EBUSY) {
                    return length;
                }
            }
        }
        return 0;
    }

    /**
     * {@return what emitted code for a memory depends on}
     *
     * @param index the index mode
     * @param strideBytes the stride
     * @param ranges the number of ranges
     */
    public Target target(IndexMode index, int strideBytes, int ranges) {
        return new Target(index, strideBytes, ranges, areaOffset, signature, Target.Injection.NONE);
    }

    /* ------------------------- Threads ------------------------- */

    private boolean isThreadRegistered() {
        return cpuId != null && (int) Libc.call(cpuId) >= 0;
    }

    private long tryLength(int length) {
        return register == null ? -Errno.ENOSYS : Libc.call(register, length, 0, signature);
    }

    /** Registers the area of the calling thread; {@return whether it is registered now}. */
    boolean registerThread() {
        long result = tryLength(RseqAbi.LEGACY_LENGTH);
        return result == 0 || result == -Errno.EBUSY;
    }

    private boolean ensureRegistered() {
        return isThreadRegistered() || registerThread();
    }

    /**
     * {@return a handle that reads a field of the calling thread's area, {@code ()int}}
     *
     * @param field its offset in {@code struct rseq}
     */
    public MethodHandle reader(int field) {
        Code code = machine().readThreadLocal(areaOffset + field);
        return Libc.linkCritical(
                publish("rseq_field_" + field, code).address(), FunctionDescriptor.of(JAVA_INT));
    }

    /** Publishes code for ever; {@return its entry}. */
    static MemorySegment publish(String name, Code code) {
        return MemorySegment.ofAddress(CodeMemory.publish(name, code) + code.offset("entry"));
    }

    /** {@return whether the calling thread uses rseq, where only some do} */
    static boolean isChosenThread() {
        return Engine.rangeOfThread(2) == 1;
    }
}
