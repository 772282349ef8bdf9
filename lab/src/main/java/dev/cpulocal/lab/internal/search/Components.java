// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The strongly connected components of a part of a graph, by Tarjan's algorithm. */
final class Components {

    /** How much memory it takes for each state, at most: two stacks of numbers are the most. */
    static final int BYTES_FOR_EACH = 64;

    private final Graph graph;
    private final Allowance allowance;
    private final BitSet part;
    private final int[] index;
    private final int[] low;
    private final long[] nextEdge;
    private final BitSet onStack = new BitSet();
    private final List<Integer> stack = new ArrayList<>();
    private final List<Integer> path = new ArrayList<>();
    private final List<BitSet> found = new ArrayList<>();
    private int next = 1;

    private Components(Graph graph, BitSet part, Allowance allowance) {
        this.graph = graph;
        this.allowance = allowance;
        this.part = part;
        this.index = new int[graph.size()];
        this.low = new int[graph.size()];
        this.nextEdge = new long[graph.size()];
    }

    /**
     * {@return those components in which one can go on for ever}
     *
     * @throws Allowance.Exceeded if to find them takes too long
     */
    static List<BitSet> of(Graph graph, BitSet part, Allowance allowance) {
        Components components = new Components(graph, part, allowance);
        for (int root = part.nextSetBit(0); root >= 0; root = part.nextSetBit(root + 1)) {
            if (components.index[root] == 0) {
                components.visit(root);
            }
        }
        return components.found;
    }

    private void visit(int root) {
        enter(root);
        while (!path.isEmpty()) {
            allowance.checkTime();
            int state = path.getLast();
            if (nextEdge[state] < graph.endOfEdges(state)) {
                int target = graph.target(nextEdge[state]++);
                if (part.get(target)) {
                    if (index[target] == 0) {
                        enter(target);
                    } else if (onStack.get(target)) {
                        low[state] = Math.min(low[state], index[target]);
                    }
                }
            } else {
                leave(state);
            }
        }
    }

    private void enter(int state) {
        index[state] = next;
        low[state] = next++;
        nextEdge[state] = graph.firstEdge(state);
        stack.add(state);
        onStack.set(state);
        path.add(state);
    }

    private void leave(int state) {
        path.removeLast();
        if (!path.isEmpty()) {
            int parent = path.getLast();
            low[parent] = Math.min(low[parent], low[state]);
        }
        if (low[state] == index[state]) {
            BitSet component = new BitSet();
            int member;
            do {
                member = stack.removeLast();
                onStack.clear(member);
                component.set(member);
            } while (member != state);
            if (component.cardinality() > 1 || hasLoop(state)) {
                found.add(component);
            }
        }
    }

    private boolean hasLoop(int state) {
        for (long edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
            if (graph.target(edge) == state) {
                return true;
            }
        }
        return false;
    }
}
