// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

/** Looks for executions of a frame: who reads from whom, and which store comes when. */
final class Candidates {

    /*
     * What the test looks at is known early: registers when all loads have a source, memory when the
     * last store to each place is chosen. Whoever asks can pass then, or be content with the first
     * execution that the axioms allow. The axioms only ever forbid more as more of an execution
     * becomes known, so they are asked about unfinished ones too.
     */

    /** Whoever asks for executions. */
    interface Visitor {

        /** {@return whether executions that end like this are of interest} */
        boolean isInteresting(Candidates candidates);

        /** {@return whether the axioms do not forbid an execution, known only in part} */
        boolean isPossible(Execution execution);

        /**
         * Takes an execution.
         *
         * @return whether no other one that ends like this is of interest
         */
        boolean take(Execution execution, Candidates candidates);
    }

    private final Inquiry inquiry;
    private final StaticOrder order;
    private final Visitor visitor;
    private final ReadsFrom reads;
    private final int[] lasts;

    Candidates(Inquiry inquiry, Frame frame, Visitor visitor) {
        this.inquiry = inquiry;
        this.visitor = visitor;
        order = new StaticOrder(frame);
        lasts = new int[frame.places()];
        reads = new ReadsFrom(inquiry, order, visitor::isPossible, this::orderStores);
    }

    /** Visits all. */
    void visit() {
        reads.search();
    }

    private void orderStores(StoreOrder known) {
        if (reads.locks().areTaken(inquiry.file())) {
            chooseLasts(known, 0);
        }
    }

    private void chooseLasts(StoreOrder known, int index) {
        if (index == inquiry.observed().size()) {
            if (visitor.isInteresting(this)) {
                complete(known);
            }
            return;
        }
        int place = inquiry.observed().get(index);
        for (int store : known.lasts(place)) {
            StoreOrder copy = known.copy();
            copy.requireLast(store);
            lasts[place] = store;
            if (copy.isPossible()) {
                chooseLasts(copy, index + 1);
            }
        }
    }

    /** {@return whether no other execution that ends like this is of interest} */
    private boolean complete(StoreOrder known) {
        int[] open = known.open();
        Execution execution = known.execution();
        if (open == null) {
            return visitor.take(execution, this);
        }
        if (!visitor.isPossible(execution)) {
            return false;
        }
        return decide(known, open[0], open[1]) || decide(known, open[1], open[0]);
    }

    private boolean decide(StoreOrder known, int first, int second) {
        StoreOrder copy = known.copy();
        copy.require(first, second);
        return copy.isPossible() && complete(copy);
    }

    StaticOrder order() {
        return order;
    }

    /** {@return what an observed place holds in the end} */
    long last(int place) {
        return reads.knowledge().value(isLock(place) ? place : lasts[place]);
    }

    /** {@return whether a place is a lock or an SRCU domain} */
    boolean isLocking(int place) {
        for (int i = order.frame.places(); i < order.frame.size(); i++) {
            if (reads.knowledge().place(i) == place && order.frame.event(i).isLocking()) {
                return true;
            }
        }
        return false;
    }

    private boolean isLock(int place) {
        return order.frame.event(lasts[place]).kind().isLock();
    }

    /** {@return what a variable holds in the end} */
    long last(int thread, String variable) {
        Path path = order.frame.paths().get(thread);
        return reads.knowledge()
                .value(path.registers().getOrDefault(variable, Term.Constant.ZERO), path);
    }
}
