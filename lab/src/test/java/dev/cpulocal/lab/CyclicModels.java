// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab;

import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Models made by chance in which the order of accesses matters: each task accesses its own place
 * first and its neighbour's last, and something may order the two. They observe all that they have.
 * The same one for the same number.
 */
final class CyclicModels {

    /** What is between an access and the one before. */
    private enum Link {
        NOTHING,
        FULL_BARRIER,
        READ_BARRIER,
        WRITE_BARRIER,
        ADDRESS,
        DATA,
        CONTROL,
        ACQUIRE,
        RELEASE
    }

    private static final int WINDOW = 12;

    private final Random random;
    private final Model.Builder m;
    private final int tasks;
    private final Variable places;

    private CyclicModels(Random random, Model.Builder m) {
        this.random = random;
        this.m = m;
        this.tasks = 2 + random.nextInt(2);
        this.places = m.shareds("a", tasks + 1, 0);
    }

    /** {@return the model of a number} */
    static Model model(long seed) {
        return Model.build("cyclic " + seed, m -> new CyclicModels(new Random(seed), m).describe());
    }

    private void describe() {
        m.window(WINDOW);
        for (int i = 0; i < tasks; i++) {
            int own = i;
            long seed = random.nextLong();
            m.task(
                    "T" + i,
                    i,
                    c -> {
                        random.setSeed(seed);
                        accesses(c, own);
                    });
        }
        for (int i = 0; i < places.length(); i++) {
            m.observe(places.get(i));
        }
    }

    private void accesses(Code c, int own) {
        int next = (own + 1) % tasks;
        boolean strict = own == 1 && random.nextBoolean();
        List<Local> read = new ArrayList<>();
        access(c, own, Link.NOTHING, read);
        for (int between = strict || tasks > 2 ? 0 : random.nextInt(3); between > 0; between--) {
            access(c, random.nextInt(places.length()), link(), read);
        }
        access(c, next, strict ? Link.FULL_BARRIER : link(), read);
    }

    private Link link() {
        return Link.values()[random.nextInt(Link.values().length)];
    }

    private void access(Code c, int place, Link link, List<Local> read) {
        switch (link) {
            case FULL_BARRIER -> c.mb();
            case READ_BARRIER -> c.rmb();
            case WRITE_BARRIER -> c.wmb();
            default -> {}
        }
        Expr zero = read.isEmpty() ? Expr.of(0) : read.get(random.nextInt(read.size())).and(0);
        if (link == Link.CONTROL && !read.isEmpty()) {
            c.when(zero.eq(0), () -> plain(c, Expr.of(place), Expr.of(0), link, read));
        } else {
            Expr index = link == Link.ADDRESS ? zero.plus(place) : Expr.of(place);
            plain(c, index, link == Link.DATA ? zero : Expr.of(0), link, read);
        }
    }

    private void plain(Code c, Expr index, Expr zero, Link link, List<Local> read) {
        Expr value = zero.plus(1 + random.nextInt(2));
        boolean acquires = link == Link.ACQUIRE || random.nextInt(8) == 0;
        boolean releases = link == Link.RELEASE || random.nextInt(8) == 0;
        switch (random.nextInt(5)) {
            case 0, 1 -> read.add(acquires ? c.loadAcquire(places, index) : c.load(places, index));
            case 2, 3 -> {
                if (releases) {
                    c.storeRelease(places, index, value);
                } else {
                    c.store(places, index, value);
                }
            }
            default -> read.add(c.exchange(places, index, value, order(acquires, releases)));
        }
        read.stream()
                .skip(Math.max(0, read.size() - 1))
                .forEach(local -> m.observe(new Expr.LocalOf(c.task().number(), local)));
    }

    private Order order(boolean acquires, boolean releases) {
        if (acquires) {
            return releases ? Order.ACQUIRE_RELEASE : Order.ACQUIRE;
        }
        return releases ? Order.RELEASE : random.nextInt(4) == 0 ? Order.FULL : Order.PLAIN;
    }
}
