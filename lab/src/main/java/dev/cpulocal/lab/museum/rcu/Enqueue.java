// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.rcu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Order;
import dev.cpulocal.lab.museum.Never;

/** A node is put onto a stack by {@code uatomic_xchg()}, and taken off. */
final class Enqueue {

    /*
     * arm32 has no exchange instruction: liburcu's is a loop of LDREX and STREX with barriers
     * around it. ARMv8's exchange without order and full barriers stand for them.
     */

    /** Which barriers there are around the exchange. */
    enum Barriers {
        /** Before and behind. */
        BOTH,
        /** Behind. */
        BEHIND,
        /** Before. */
        BEFORE
    }

    /** A step that a model may say is never taken. */
    static final String TAKEN = "the node is taken";

    private static final long NODE = 1;
    private static final long INITIALISED = 1;
    private static final int WINDOW = 16;

    private final Barriers barriers;
    private final Never never;
    private final Variable head;
    private final Variable node;

    Enqueue(Model.Builder m, Barriers barriers, Never never) {
        this.barriers = barriers;
        this.never = never;
        head = m.shared("head", 0);
        node = m.shared("node->data", 0);
        m.window(WINDOW);
        m.task("push", 0, this::push);
        m.task("pop", 1, this::pop);
    }

    private void push(Code c) {
        c.as("node->data = …").store(node, INITIALISED);
        exchange(c, NODE);
    }

    private void pop(Code c) {
        var taken = exchange(c, 0);
        c.as("if (there is a node)");
        c.when(
                taken,
                () -> {
                    never.here(c, TAKEN);
                    var data = c.as("node->data").load(node);
                    c.check("who takes a node finds its data", data.eq(INITIALISED));
                });
    }

    private Expr.Local exchange(Code c, long value) {
        if (barriers != Barriers.BEHIND) {
            c.as("dmb").mb();
        }
        c.as("uatomic_xchg(&head, " + (value == 0 ? "NULL" : "node") + ")");
        var old = c.exchange(head, Expr.of(0), Expr.of(value), Order.PLAIN);
        if (barriers != Barriers.BEFORE) {
            c.as("dmb").mb();
        }
        return old;
    }
}
