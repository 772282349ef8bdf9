// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson.tests;

import dev.cpulocal.CpuPool;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;

/**
 * A pool and a mapper that uses it: what the two Jacksons have in common.
 *
 * @param <R> its {@code BufferRecycler}
 */
public interface Jackson<R> {

    /* ------------------------- The pool ------------------------- */

    Serializable pool();

    R acquirePooled();

    R acquireAndLinkPooled();

    void releasePooled(R recycler);

    int pooledCount();

    boolean clear();

    int trim();

    int maxPerCpu();

    int maxTotal();

    CpuPool.Statistics statistics();

    /* ------------------------- Its recyclers ------------------------- */

    /** {@return a recycler of no pool} */
    R newRecycler();

    void releaseToPool(R recycler);

    /** Gives a recycler a buffer; {@return the one it has then}. */
    byte[] reuse(R recycler, byte[] buffer);

    /** Gives a recycler a buffer; {@return the one it has then}. */
    char[] reuse(R recycler, char[] buffer);

    /* ------------------------- The mapper ------------------------- */

    byte[] write(Object tree) throws IOException;

    String writeString(Object tree) throws IOException;

    Object read(InputStream json) throws IOException;

    Object read(String json) throws IOException;
}
