// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

/** What initial and final states give a value to. */
public sealed interface Place {

    /**
     * A register of a thread, or a local variable.
     *
     * @param thread the number of the thread
     * @param name its name
     */
    record Register(int thread, String name) implements Place {
        @Override
        public String toString() {
            return thread + ":" + name;
        }
    }

    /**
     * A place in memory, or a whole array.
     *
     * @param name its name
     */
    record Global(String name) implements Place {
        @Override
        public String toString() {
            return "[" + name + "]";
        }
    }

    /**
     * An element of an array.
     *
     * @param array the name of the array
     * @param index its index
     */
    record Element(String array, int index) implements Place {
        @Override
        public String toString() {
            return array + "[" + index + "]";
        }
    }
}
