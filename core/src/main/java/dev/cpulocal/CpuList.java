// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A list for each CPU, last in first out, of nodes that are numbered from 0: the free list of a
 * pool whose buffers, connections or slots are best used where they were used last.
 *
 * <p>A node is on one list at most, of any CPU: {@link #push} puts it on the list of the CPU the
 * caller runs on, {@link #pop} takes one from there, and whoever has popped a node may push it
 * anywhere. What a node stands for is kept elsewhere, in an array of the caller for example. At
 * first all lists are empty.
 *
 * <p>All methods can be called by any thread, and a virtual thread cannot be moved inside them; it
 * may well be between a pop and a push. What was written before a push is visible after the pop
 * that takes the node. That a node is pushed by its holder only, and once, is for the caller to see
 * to: a node that is pushed while it is on a list damages the lists, not other memory.
 *
 * <p>Pushing and popping cost a call of a {@linkplain CpuMemory#bind bound} sequence each, without
 * atomic instruction where there is rseq. Working on another CPU's list costs a system call. No
 * list can overflow.
 *
 * {@snippet lang = java :
 * int number = free.pop();
 * Buffer buffer = number == CpuList.EMPTY ? Buffer.allocate() : buffers[number];
 * }
 */
public final class CpuList {

    /*
     * Layout of the item on each CPU
     * ------------------------------
     *   | head | next of node 0 | next of node 1 | ... | next of the last |
     *
     *   head --> next of node 5 --> next of node 2 --> 0
     *
     * A link is the offset of another link in the same range, or 0. A node has a link on every CPU, and
     * the one on the CPU whose list it is on counts. So a node can go from CPU to CPU without a trace,
     * and any list can take all nodes.
     *
     * Push stores the node's link speculatively: nobody else looks at it, because the node is on no
     * list. Then it commits the head. Pop commits the link as new head. Between its load of the head
     * and its commit nothing else can happen on that list, so there is no ABA problem: a head that was
     * popped and pushed again in between has aborted the section.
     *
     * Who drains a list takes the head away and walks through the links at leisure: they change only
     * when their nodes are pushed again, which only he can do.
     */

    /** What a pop answers when there is no node. */
    public static final int EMPTY = -1;

    private static final int HEAD = 0;
    private static final long NO_NODE = 0;
    private static final int LINK_BYTES = Long.BYTES;

    static final Sequence PUSH =
            Sequence.build(
                    "list-push",
                    s -> {
                        var list = s.item("list", 8);
                        var node = s.number("node");
                        s.storeSpeculatively(Place.offset(node, 0), s.load(list.at(HEAD)));
                        s.commitRelease(list.at(HEAD), node);
                    });

    static final Sequence TAKE_ALL =
            Sequence.build(
                    "list-take-all",
                    s -> {
                        var list = s.item("list", 8);
                        var head = s.load(list.at(HEAD));
                        s.leaveIf(head, Op.Condition.EQUAL, NO_NODE);
                        s.commit(list.at(HEAD), s.constant(NO_NODE));
                        s.returns(head);
                    });

    /** The bound {@link #PUSH}. */
    interface Push {
        /** {@return a result} */
        long push(CpuMemory.Item list, long node);
    }

    /** The bound {@link Sequences#LOAD_CBEQ_STORE_ADD_LOAD_STORE}. */
    interface Pop {
        /** {@return the offset of the node's link, or a code} */
        long pop(CpuMemory.Item list, long noNode, long displacementBytes);
    }

    private final CpuMemory memory;
    private final CpuMemory.Item item;
    private final int nodes;
    private final Push push;
    private final Pop pop;

    /**
     * Makes an empty list for each range of a memory. It takes 8 bytes of every range, and 8 for
     * each node.
     *
     * @param memory where
     * @param nodes how many nodes there are
     * @throws IllegalArgumentException if that is not positive, or more than a range can hold
     * @throws IllegalStateException if the memory is full
     */
    public CpuList(CpuMemory memory, int nodes) {
        this.memory = memory;
        this.nodes = RecordStack.checkCount("nodes", nodes, memory, LINK_BYTES);
        item = memory.allocate((nodes + 1) * LINK_BYTES);
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        push = memory.bind(PUSH, Push.class, lookup);
        pop = memory.bind(Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE, Pop.class, lookup);
    }

    /** {@return how many nodes there are, on all lists and on none} */
    public int nodes() {
        return nodes;
    }

    /**
     * Puts a node on the list of the CPU the caller runs on.
     *
     * @param node its number; it must be on no list
     * @throws IndexOutOfBoundsException if there is no such node
     */
    public void push(int node) {
        push.push(item, link(node));
    }

    /**
     * Puts a node on the list of a given range, from wherever the caller runs.
     *
     * @param range the CPU or concurrency id
     * @param node its number; it must be on no list
     * @throws IllegalArgumentException if there is no such range
     * @throws IndexOutOfBoundsException if there is no such node
     */
    public void pushTo(int range, int node) {
        memory.execute(range, PUSH, item, link(node));
    }

    /**
     * {@return the node that was pushed last of those on the list of the CPU the caller runs on,
     * and takes it; or {@link #EMPTY}}
     */
    public int pop() {
        return node(pop.pop(item, NO_NODE, 0));
    }

    /**
     * {@return the node that was pushed last of those on the list of a given range, and takes it
     * from wherever the caller runs; or {@link #EMPTY}}
     *
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if there is no such range
     */
    public int popFrom(int range) {
        Sequence sequence = Sequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE;
        return node(memory.execute(range, sequence, item, NO_NODE, 0));
    }

    /**
     * {@return all nodes on the list of a given range, the one that was pushed last first, and
     * takes them at once, from wherever the caller runs}
     *
     * @param range the CPU or concurrency id
     * @throws IllegalArgumentException if there is no such range
     */
    public int[] drain(int range) {
        int[] drained = new int[nodes];
        int count = 0;
        int node = node(memory.execute(range, TAKE_ALL, item));
        // The count ends a list that a second push of the same node has made a circle.
        while (node != EMPTY && count < nodes) {
            drained[count++] = node;
            long next = memory.getOpaque(item, (node + 1) * LINK_BYTES, range);
            node = next == NO_NODE ? EMPTY : number(next);
        }
        return Arrays.copyOf(drained, count);
    }

    /** Where the link of a node is. */
    private long link(int node) {
        if (node < 0 || node >= nodes) {
            throw new IndexOutOfBoundsException(
                    "node: " + node + " (expected: 0 to " + (nodes - 1) + ")");
        }
        return item.offset() + (node + 1L) * LINK_BYTES;
    }

    private int node(long result) {
        VarHandle.acquireFence();
        return Result.isCommitted(result) ? number(result) : EMPTY;
    }

    private int number(long link) {
        return (int) (link - item.offset()) / LINK_BYTES - 1;
    }
}
