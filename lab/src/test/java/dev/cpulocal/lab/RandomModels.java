// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Operator;
import dev.cpulocal.lab.Expr.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Small models made by chance, the same one for the same number. They observe all that they have:
 * registers, memory and hardware.
 */
final class RandomModels {

    /** What models can have besides loads, stores and arithmetic. */
    enum Feature {
        ARRAYS,
        BRANCHES,
        LOOPS,
        UPDATES,
        COMPARES,
        FENCES,
        ORDERS,
        HARDWARE,
        WAITS,
        CHOICES,
        CHECKS,
        SWITCHES,
        HANDLERS
    }

    /** What is the same under all memory models. */
    static final Set<Feature> ALL = EnumSet.allOf(Feature.class);

    /** More than a CPU of these models ever holds back. */
    private static final int WINDOW = 12;

    private static final int NOBODY = -1;

    private static final int MOST_FEATURES = 4;

    private final Random random;
    private final List<Feature> features;
    private final int cpus;
    private final Model.Builder m;
    private final Variable x;
    private final Variable y;
    private final Variable array;
    private final Variable hardware;
    private final Variable waiting;
    private final Variable pending;
    private final Variable signals;

    /** How many lines are left to write. */
    private int left;

    private RandomModels(Random random, Set<Feature> features, Model.Builder m) {
        this.random = random;
        this.features = some(features);
        this.cpus = has(Feature.SWITCHES) || random.nextInt(3) > 0 ? 2 : 3;
        this.m = m;
        this.x = m.shared("x", 0);
        this.y = m.shared("y", 0);
        this.array = m.shareds("a", 2, 0);
        this.hardware = m.hardwares("h", 2, 0);
        this.waiting = m.hardware("waiting", has(Feature.SWITCHES) ? cpus : NOBODY);
        this.pending = m.hardware("pending", 0);
        this.signals = m.hardware("signals", 0);
    }

    /**
     * {@return a model}
     *
     * @param seed its number
     * @param features what it can have
     * @param lines about how many lines each task has
     */
    static Model model(long seed, Set<Feature> features, int lines) {
        return Model.build(
                "random " + seed,
                m -> new RandomModels(new Random(seed), features, m).describe(lines));
    }

    /** A few of them, so that models are small and each often has the same feature twice. */
    private List<Feature> some(Set<Feature> all) {
        List<Feature> some = new ArrayList<>(all);
        Collections.shuffle(some, random);
        return some.subList(0, Math.min(MOST_FEATURES, some.size()));
    }

    private boolean has(Feature feature) {
        return features.contains(feature);
    }

    private void describe(int lines) {
        m.window(WINDOW);
        for (int cpu = 0; cpu < cpus; cpu++) {
            task(m.task("T" + cpu, cpu), cpus == 3 ? lines - 1 : lines);
        }
        if (has(Feature.SWITCHES)) {
            task(random.nextBoolean() ? m.waitingTask("W") : m.waitingBackground("W"), lines - 1);
            m.observe(waiting.get());
        }
        if (has(Feature.HANDLERS)) {
            handler();
        }
        for (Variable variable : List.of(x, y, array, hardware, signals)) {
            for (int i = 0; i < variable.length(); i++) {
                m.observe(variable.get(i));
            }
        }
    }

    private void task(Model.Task task, int lines) {
        long seed = random.nextLong();
        task.runs(c -> {
            random.setSeed(seed);
            List<Local> locals = new ArrayList<>();
            left = lines;
            while (left > 0) {
                line(c, locals);
            }
            if (has(Feature.SWITCHES)) {
                leave(c);
            }
        });
    }

    /** One of the three kinds of handlers: more make too many states. */
    private void handler() {
        switch (random.nextInt(has(Feature.SWITCHES) ? 3 : 2)) {
            case 0 ->
                    m.handler(
                            "signal",
                            _ -> signals.get().lt(1),
                            c -> {
                                c.set(signals.get(), signals.get().plus(1));
                                c.store(x, 3);
                            });
            case 1 ->
                    m.interrupt(
                            "irq",
                            task -> task.number() == 0 ? pending.get() : null,
                            c -> {
                                c.set(pending.get(), 0);
                                observed(c, c.load(y));
                            });
            default -> m.handler("tick", _ -> waiting.get().ne(NOBODY), this::makeWay);
        }
    }

    /* ------------------------- Lines ------------------------- */

    private void line(Code c, List<Local> locals) {
        left--;
        if (features.isEmpty() || random.nextInt(3) == 0) {
            access(c, locals);
            return;
        }
        switch (features.get(random.nextInt(features.size()))) {
            case ARRAYS -> element(c, locals);
            case BRANCHES -> branch(c, locals);
            case LOOPS -> loop(c, locals);
            case UPDATES -> update(c, locals);
            case COMPARES -> compare(c, locals);
            case FENCES -> fence(c);
            case ORDERS -> ordered(c, locals);
            case HARDWARE -> hardware(c, locals);
            case WAITS -> c.await(hardware.get(random.nextInt(2)).ne(random.nextInt(4)));
            case CHOICES -> choice(c, locals);
            case CHECKS -> c.check("checked", value(locals).ne(1 + random.nextInt(3)));
            case SWITCHES -> makeWay(c);
            case HANDLERS -> c.set(pending.get(), 1);
        }
    }

    private void access(Code c, List<Local> locals) {
        if (random.nextBoolean()) {
            locals.add(observed(c, c.load(place())));
        } else {
            c.store(place(), value(locals));
        }
    }

    private void element(Code c, List<Local> locals) {
        Expr index = value(locals).and(1);
        if (random.nextBoolean()) {
            locals.add(observed(c, c.load(array, index)));
        } else {
            c.store(array, index, value(locals));
        }
    }

    private void ordered(Code c, List<Local> locals) {
        if (random.nextBoolean()) {
            locals.add(observed(c, c.loadAcquire(place())));
        } else {
            c.storeRelease(place(), Expr.of(0), value(locals));
        }
    }

    private void update(Code c, List<Local> locals) {
        Order order = order();
        locals.add(
                observed(
                        c,
                        random.nextBoolean()
                                ? c.exchange(place(), Expr.of(0), value(locals), order)
                                : c.fetchAdd(place(), Expr.of(0), Expr.of(1), order)));
    }

    private void compare(Code c, List<Local> locals) {
        Expr expected = Expr.of(random.nextInt(2));
        locals.add(
                observed(
                        c,
                        c.compareAndExchange(
                                place(), Expr.of(0), expected, value(locals), order())));
    }

    private Order order() {
        return switch (random.nextInt(has(Feature.ORDERS) ? 5 : 2)) {
            case 0 -> Order.PLAIN;
            case 1 -> Order.FULL;
            case 2 -> Order.ACQUIRE;
            case 3 -> Order.RELEASE;
            default -> Order.ACQUIRE_RELEASE;
        };
    }

    private void fence(Code c) {
        switch (random.nextInt(3)) {
            case 0 -> c.mb();
            case 1 -> c.rmb();
            default -> c.wmb();
        }
    }

    private void branch(Code c, List<Local> locals) {
        Expr condition = condition(locals);
        if (random.nextBoolean()) {
            c.when(condition, () -> access(c, locals));
        } else {
            c.when(condition, () -> access(c, locals), () -> access(c, locals));
        }
    }

    private void loop(Code c, List<Local> locals) {
        if (random.nextBoolean()) {
            c.until(() -> {
                Local read = observed(c, c.load(place()));
                locals.add(read);
                return read.ne(random.nextInt(2));
            });
            return;
        }
        Local count = c.let("i", Expr.of(0));
        observed(c, count);
        c.until(() -> {
            access(c, locals);
            c.set(count, count.plus(1));
            return count.eq(2);
        });
    }

    private void hardware(Code c, List<Local> locals) {
        Expr element = hardware.get(value(locals).and(1));
        switch (random.nextInt(3)) {
            case 0 -> locals.add(observed(c, c.let("h", element)));
            case 1 -> c.set(element, value(locals));
            default ->
                    c.atomically(() -> {
                        c.set(hardware.get(0), hardware.get(0).plus(1).and(3));
                        c.set(hardware.get(1), hardware.get(0));
                    });
        }
    }

    private void choice(Code c, List<Local> locals) {
        Expr bound = hardware.get(0);
        locals.add(
                observed(
                        c,
                        random.nextBoolean()
                                ? c.choose("n", 2)
                                : c.choose("n", 3, n -> bound.le(n))));
    }

    /** Gives the CPU to the task that waits, if one does. */
    private void makeWay(Code c) {
        c.atomically(() -> {
            Local next = c.let("next", waiting.get());
            observed(c, next);
            c.when(
                    next.ne(NOBODY),
                    () -> {
                        c.set(waiting.get(), new Expr.Self());
                        c.switchTo(next);
                    });
        });
    }

    /** Leaves the CPU to the task that waits, if one does. */
    private void leave(Code c) {
        c.atomically(() -> {
            Local next = c.let("last", waiting.get());
            observed(c, next);
            c.when(
                    next.ne(NOBODY),
                    () -> {
                        c.set(waiting.get(), NOBODY);
                        c.switchTo(next);
                    });
        });
    }

    /* ------------------------- Operands ------------------------- */

    private Variable place() {
        return random.nextBoolean() ? x : y;
    }

    private Expr value(List<Local> locals) {
        if (locals.isEmpty() || random.nextInt(3) == 0) {
            return Expr.of(1 + random.nextInt(2));
        }
        Local local = locals.get(random.nextInt(locals.size()));
        return switch (random.nextInt(3)) {
            case 0 -> local.and(3);
            case 1 -> local.plus(1).and(3);
            default -> local.with(Operator.XOR, local).plus(1);
        };
    }

    private Expr condition(List<Local> locals) {
        return value(locals).eq(1 + random.nextInt(2));
    }

    private Local observed(Code c, Local local) {
        m.observe(new Expr.LocalOf(c.task().number(), local));
        return local;
    }
}
