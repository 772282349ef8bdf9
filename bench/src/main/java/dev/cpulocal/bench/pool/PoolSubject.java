// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import dev.cpulocal.Rseq;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** What is measured: pools, each configured as a user would who reads its documentation. */
public enum PoolSubject {
    /** {@link dev.cpulocal.CpuPool}, by {@code acquire} and {@code release}. */
    CPU_POOL("CpuPool"),
    /** The same by {@code lease}, in try-with-resources. */
    CPU_POOL_LEASE("CpuPool, lease"),
    /** The same with rseq switched off: its portable mode. */
    CPU_POOL_OFF("CpuPool, rseq off"),
    /** A buffer for each thread. */
    THREAD_LOCAL("ThreadLocal"),
    /** No pool. */
    NEW("new"),
    /** Jackson 2's default: a softly referenced object for each thread. */
    JACKSON_THREAD_LOCAL("Jackson ThreadLocal"),
    /** Jackson 3's default: a concurrent deque. */
    JACKSON_DEQUE("Jackson ConcurrentDeque"),
    /** Jackson's bounded pool: an array queue under a lock. */
    JACKSON_BOUNDED("Jackson Bounded"),
    /** Jackson's lock-free stack, deprecated because it grows. */
    JACKSON_LOCK_FREE("Jackson LockFree"),
    /** The idea of jackson-core #1687: padded stripes of slots, chosen by thread id. */
    STRIPED("striped by thread"),
    /** The idea of Vert.x and Quarkus: thread-local, and striped stacks for virtual threads. */
    HYBRID("hybrid"),
    /** The bounded queue of JCTools for many producers and consumers. */
    JCTOOLS("JCTools MpmcArrayQueue"),
    /**
     * Netty's recycler: thread-local. It pools on Netty's own threads only, which are what platform
     * threads are here; on virtual ones it pools nothing.
     */
    NETTY_RECYCLER("Netty Recycler"),
    /** Netty's recycler with one pool for all threads. */
    NETTY_SHARED("Netty Recycler, shared"),
    /** Stormpot, by its tap for the kind of threads. */
    STORMPOT("Stormpot"),
    /** The pool of Apache Commons. */
    COMMONS_POOL2("commons-pool2");

    /** How many buffers a pool keeps that must be told a number. */
    static final int CAPACITY = 256;

    private final String label;

    PoolSubject(String label) {
        this.label = label;
    }

    /** {@return its name in tables} */
    public String label() {
        return label;
    }

    /** {@return those that do what is asked for in any JVM} */
    static List<PoolSubject> inAnyJvm() {
        return Arrays.stream(values()).filter(subject -> subject != CPU_POOL_OFF).toList();
    }

    /** {@return the options of the JVM it runs in} */
    List<String> jvmOptions() {
        return switch (this) {
            case CPU_POOL_OFF -> List.of("-Dcpulocal.rseq=off");
            case NETTY_RECYCLER -> NettyThreads.OPTIONS;
            default -> List.of();
        };
    }

    /**
     * {@return what makes threads that use it}
     *
     * @param virtual whether they are to be virtual
     */
    ThreadFactory threads(boolean virtual) {
        if (virtual) {
            return Crew.VIRTUAL;
        }
        return this == NETTY_RECYCLER ? NettyThreads.factory() : Crew.PLATFORM;
    }

    /**
     * {@return a new pool}
     *
     * @param bytes the size of its buffers
     * @param virtual whether virtual threads use it
     */
    Pooling<?> create(int bytes, boolean virtual) {
        return switch (this) {
            case CPU_POOL -> new CpuPoolings.Slots(bytes);
            case CPU_POOL_LEASE -> new CpuPoolings.Leases(bytes);
            case CPU_POOL_OFF -> {
                if (Rseq.threads() != Rseq.Threads.NONE) {
                    throw new IllegalStateException(
                            "subject: " + this + " (expected: a JVM with -Dcpulocal.rseq=off)");
                }
                yield new CpuPoolings.Slots(bytes);
            }
            case THREAD_LOCAL -> new JdkPoolings.ByThread(bytes);
            case NEW -> new JdkPoolings.None(bytes);
            case JACKSON_THREAD_LOCAL -> JacksonPoolings.threadLocal(bytes);
            case JACKSON_DEQUE -> JacksonPoolings.deque(bytes);
            case JACKSON_BOUNDED -> JacksonPoolings.bounded(bytes);
            case JACKSON_LOCK_FREE -> JacksonPoolings.lockFree(bytes);
            case STRIPED -> new IdeaPoolings.Striped(bytes);
            case HYBRID -> new IdeaPoolings.Hybrid(bytes);
            case JCTOOLS -> new LibraryPoolings.JcTools(bytes);
            case NETTY_RECYCLER -> LibraryPoolings.Netty.byThread(bytes);
            case NETTY_SHARED -> LibraryPoolings.Netty.shared(bytes);
            case STORMPOT -> new LibraryPoolings.Stormpot(bytes, virtual);
            case COMMONS_POOL2 -> new LibraryPoolings.Commons(bytes);
        };
    }
}
