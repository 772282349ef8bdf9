// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import java.util.List;
import java.util.function.BiConsumer;

/** Models in which a rule of local order matters that chance seldom makes matter. */
final class Shapes {

    /** The places of a model, and the model, to observe registers. */
    private record Places(Model.Builder m, Variable x, Variable y, Variable z) {

        void observe(Code c, Local... read) {
            for (Local local : read) {
                m.observe(new Expr.LocalOf(c.task().number(), local));
            }
        }
    }

    private static final Expr ZERO = Expr.of(0);
    private static final Expr ONE = Expr.of(1);

    private Shapes() {}

    static List<Model> all() {
        return List.of(
                passing(
                        "read of a write that depends",
                        (c, p) -> {
                            Local flag = c.load(p.y);
                            c.store(p.z, flag.and(0).plus(1));
                            Local own = c.load(p.z);
                            p.observe(c, flag, own, c.load(p.x, own.and(0)));
                        }),
                passing(
                        "acquire of an update's write",
                        (c, p) -> {
                            Local flag = c.exchange(p.y, ZERO, Expr.of(2), Order.PLAIN);
                            Local own = c.loadAcquire(p.y);
                            p.observe(c, flag, own, c.load(p.x));
                        }),
                passing(
                        "read of an update's write",
                        (c, p) -> {
                            Local flag = c.exchange(p.y, ZERO, Expr.of(2), Order.PLAIN);
                            Local own = c.load(p.y);
                            p.observe(c, flag, own, c.load(p.x, own.and(0)));
                        }),
                two(
                        "update that acquires and releases",
                        (c, p) -> {
                            c.store(p.x, 1);
                            c.exchange(p.z, ZERO, ONE, Order.FULL);
                            c.store(p.y, 1);
                        },
                        (c, p) -> {
                            Local flag = c.load(p.y);
                            c.mb();
                            p.observe(c, flag, c.load(p.x));
                        }),
                loadBuffering(),
                orderedUpdates());
    }

    /** One task passes a message, the other one reads it. */
    private static Model passing(String name, BiConsumer<Code, Places> reader) {
        return two(
                name,
                (c, p) -> {
                    c.store(p.x, 1);
                    c.mb();
                    c.store(p.y, 1);
                },
                reader);
    }

    private static Model loadBuffering() {
        return two(
                "address of an access between",
                (c, p) -> {
                    Local read = c.load(p.x);
                    c.mb();
                    c.store(p.y, 1);
                    p.observe(c, read);
                },
                (c, p) -> {
                    Local read = c.load(p.y);
                    c.load(p.z, read.and(0));
                    c.store(p.x, 1);
                    p.observe(c, read);
                });
    }

    private static Model orderedUpdates() {
        return two(
                "a release before an acquire, both updates",
                (c, p) -> {
                    c.exchange(p.x, ZERO, ONE, Order.RELEASE);
                    c.exchange(p.z, ZERO, ONE, Order.ACQUIRE);
                    p.observe(c, c.load(p.y));
                },
                (c, p) -> {
                    c.store(p.y, 1);
                    c.mb();
                    p.observe(c, c.load(p.x));
                });
    }

    private static Model two(
            String name, BiConsumer<Code, Places> first, BiConsumer<Code, Places> second) {
        return Model.build(
                name,
                m -> {
                    m.window(12);
                    Places places =
                            new Places(m, m.shared("x", 0), m.shared("y", 0), m.shared("z", 0));
                    m.task("T0", 0, c -> first.accept(c, places));
                    m.task("T1", 1, c -> second.accept(c, places));
                    List.of(places.x, places.y, places.z).forEach(place -> m.observe(place.get()));
                });
    }
}
