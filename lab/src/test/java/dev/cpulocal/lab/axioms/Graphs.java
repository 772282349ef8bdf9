// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.axioms;

/** Graphs of up to 64 nodes. */
final class Graphs {

    /** The edges. */
    interface Edges {
        boolean has(int from, int to);
    }

    private Graphs() {}

    static boolean isAcyclic(int nodes, Edges edges) {
        long[] before = new long[nodes];
        for (int from = 0; from < nodes; from++) {
            for (int to = 0; to < nodes; to++) {
                before[to] |= edges.has(from, to) ? 1L << from : 0;
            }
        }
        long left = (1L << nodes) - 1;
        for (boolean removed = true; removed; ) {
            removed = false;
            for (int node = 0; node < nodes; node++) {
                if ((left & 1L << node) != 0 && (before[node] & left) == 0) {
                    left &= ~(1L << node);
                    removed = true;
                }
            }
        }
        return left == 0;
    }
}
