// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.List;

/** How tests of an architecture are written. */
interface Dialect {

    /** {@return the first word of files} */
    String word();

    /** {@return what can stand between two accesses; {@code po} is nothing} */
    List<String> links(String directions);

    /**
     * {@return the instructions of a thread}
     *
     * @param first the first access
     * @param firstValue what it stores, if it does
     * @param link what stands between
     * @param second the second access
     * @param secondValue what it stores, if it does
     */
    List<String> thread(
            Shape.Access first, int firstValue, String link, Shape.Access second, int secondValue);

    /** {@return the initial registers of a thread, as in initial states} */
    List<String> registers(int thread);

    /** {@return the register that the first or second access reads into} */
    String result(int index);
}
