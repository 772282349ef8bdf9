// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/** What a formula is asked about. */
public interface Valuation {

    /** {@return what is in a place} */
    Value value(Place place);

    /** {@return what a place was declared to hold} */
    Type type(Place place);
}
