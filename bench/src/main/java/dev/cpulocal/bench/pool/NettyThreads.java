// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** JMH's threads as Netty's own ones: the only ones for which its recycler pools anything. */
public final class NettyThreads extends ThreadPoolExecutor {

    /** What makes JMH use them. */
    static final List<String> OPTIONS =
            List.of(
                    "-Djmh.executor=CUSTOM",
                    "-Djmh.executor.class=" + NettyThreads.class.getName());

    /**
     * What JMH calls.
     *
     * @param threads how many
     * @param prefix of their names
     */
    public NettyThreads(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory());
    }

    static ThreadFactory factory() {
        return new DefaultThreadFactory(NettyThreads.class, true);
    }
}
