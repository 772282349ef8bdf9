// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.internal.machine.Eval;
import dev.cpulocal.lab.internal.machine.Machine;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks for a way on which something that must happen again and again does not. */
final class ProgressSearch {

    /*
     * In the graph of all states, without reduction, such a way ends in a strongly connected component
     * of the states where the property does not hold, and stays there. It counts only if it is fair:
     *
     *     a task that can go on in every state of it does so somewhere (weak fairness);
     *     the same for the buffer of each CPU: the oldest store of it is performed some time;
     *     an interrupt that can come in some state of it comes somewhere (strong fairness: tasks that
     *     mask it now and then do not put it off for ever).
     *
     * Handlers that merely may come, such as preemption and signals, may come each time or never.
     *
     * A component that lacks a task's or a buffer's step is no fair way, and no part of it is. One that
     * lacks an interrupt may have parts that are, in states where it cannot come: these are looked at
     * again. The lasso that is shown goes through everything that makes the component fair. A state
     * from which no steps lead, or only handlers that need not come, counts as staying there.
     */

    /** What it finds. */
    sealed interface End {}

    /** There is no such way. */
    record Made() implements End {}

    /**
     * There is.
     *
     * @param states the states on it
     * @param loop the index of the one to which the last one returns
     */
    record Lasso(List<long[]> states, int loop) implements End {}

    private final Machine machine;
    private final Graph graph;
    private final Allowance allowance;

    ProgressSearch(Machine machine, Allowance allowance, Program.Property property) {
        this.machine = machine;
        this.allowance = allowance;
        this.graph = new Graph(machine, Eval.of(property.condition(), machine.layout(), -1));
    }

    /**
     * {@return what it finds}
     *
     * @throws Allowance.Exceeded if that takes too much
     */
    End run() {
        graph.build(allowance);
        BitSet idle = new BitSet();
        for (int state = 0; state < graph.size(); state++) {
            if (!graph.isMade(state)) {
                idle.set(state);
                if (canStay(state)) {
                    return new Lasso(wayTo(state), graph.size());
                }
            }
        }
        Deque<BitSet> parts = new ArrayDeque<>(Components.of(graph, idle, allowance));
        while (!parts.isEmpty()) {
            allowance.check(0, 0);
            BitSet component = parts.pop();
            BitSet waiting = statesWithoutCertain(component);
            if (!waiting.isEmpty()) {
                component.andNot(waiting);
                parts.addAll(Components.of(graph, component, allowance));
            } else if (isWeaklyFair(component)) {
                return lasso(component);
            }
        }
        return new Made();
    }

    /** Whether nothing goes on from a state but handlers that need not come. */
    private boolean canStay(int state) {
        for (long edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
            int actor = graph.actor(edge);
            if (!machine.actors().isHandler(actor) || machine.actors().isCertain(actor)) {
                return false;
            }
        }
        return true;
    }

    /* ------------------------- Fairness ------------------------- */

    /** States where an interrupt can come that never does in this component. */
    private BitSet statesWithoutCertain(BitSet component) {
        BitSet taken = new BitSet();
        forEachEdge(component, (_, actor, inside) -> taken.set(actor, taken.get(actor) || inside));
        BitSet states = new BitSet();
        forEachEdge(
                component,
                (state, actor, _) -> {
                    if (machine.actors().isCertain(actor) && !taken.get(actor)) {
                        states.set(state);
                    }
                });
        return states;
    }

    private interface EdgeVisitor {
        void visit(int state, int actor, boolean inside);
    }

    private void forEachEdge(BitSet component, EdgeVisitor visitor) {
        component.stream()
                .forEach(state -> {
                    for (long edge = graph.firstEdge(state);
                            edge < graph.endOfEdges(state);
                            edge++) {
                        visitor.visit(state, graph.actor(edge), component.get(graph.target(edge)));
                    }
                });
    }

    private boolean isWeaklyFair(BitSet component) {
        for (int actor = 0; machine.actors().isSteady(actor); actor++) {
            if (meeting(component, actor) == null) {
                return false;
            }
        }
        return true;
    }

    /**
     * A place that is fair to an actor: where it takes a step, or cannot.
     *
     * @param next where the step leads; -1 if it cannot take one
     */
    private record Meeting(int state, int next) {}

    private @Nullable Meeting meeting(BitSet component, int actor) {
        for (int state = component.nextSetBit(0);
                state >= 0;
                state = component.nextSetBit(state + 1)) {
            allowance.checkTime();
            boolean can = false;
            for (long edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
                if (graph.actor(edge) == actor) {
                    can = true;
                    if (component.get(graph.target(edge))) {
                        return new Meeting(state, graph.target(edge));
                    }
                }
            }
            if (!can) {
                return new Meeting(state, -1);
            }
        }
        return null;
    }

    /* ------------------------- The lasso ------------------------- */

    private End lasso(BitSet component) {
        int first = component.nextSetBit(0);
        List<Integer> loop = new ArrayList<>(List.of(first));
        for (int actor = 0; actor < machine.actors().count(); actor++) {
            if (machine.actors().isSteady(actor)) {
                pass(loop, component, Objects.requireNonNull(meeting(component, actor)));
            } else if (machine.actors().isCertain(actor)) {
                Meeting meeting = meeting(component, actor);
                if (meeting != null) {
                    pass(loop, component, meeting);
                }
            }
        }
        if (loop.size() == 1) {
            pass(loop, component, anyStep(component, first));
        }
        go(loop, component, first);
        List<long[]> states = wayTo(first);
        int start = states.size() - 1;
        loop.stream().skip(1).forEach(state -> states.add(graph.state(state)));
        return new Lasso(states, start);
    }

    private Meeting anyStep(BitSet component, int state) {
        for (long edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
            if (component.get(graph.target(edge))) {
                return new Meeting(state, graph.target(edge));
            }
        }
        throw new AssertionError("a component without steps");
    }

    private void pass(List<Integer> loop, BitSet component, Meeting meeting) {
        go(loop, component, meeting.state);
        if (meeting.next >= 0) {
            loop.add(meeting.next);
        }
    }

    /** Goes the shortest way inside a component. */
    private void go(List<Integer> loop, BitSet component, int to) {
        int from = loop.getLast();
        if (from == to) {
            return;
        }
        int[] origin = new int[graph.size()];
        BitSet seen = new BitSet();
        Deque<Integer> waiting = new ArrayDeque<>(List.of(from));
        seen.set(from);
        while (!seen.get(to)) {
            int state = waiting.remove();
            for (long edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
                int target = graph.target(edge);
                if (component.get(target) && !seen.get(target)) {
                    seen.set(target);
                    origin[target] = state;
                    waiting.add(target);
                }
            }
        }
        Deque<Integer> way = new ArrayDeque<>();
        for (int state = to; state != from; state = origin[state]) {
            way.push(state);
        }
        loop.addAll(way);
    }

    private List<long[]> wayTo(int state) {
        Deque<long[]> way = new ArrayDeque<>();
        for (int at = state; at >= 0; at = graph.origin(at)) {
            way.push(graph.state(at));
        }
        return new ArrayList<>(way);
    }
}
