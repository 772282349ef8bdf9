// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.search;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.internal.machine.Layout;
import dev.cpulocal.lab.internal.machine.Program;
import dev.cpulocal.lab.internal.search.Level.Block;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Looks at every state that can be reached, level by level. */
final class Exploration implements AutoCloseable {

    /*
     * A level has the states that the shortest way reaches in as many steps. All threads take blocks
     * of the present level and put new states into blocks of the next. Blocks are small, some hundred
     * states, since many models have a hundred levels of a few thousand; a level of less than some
     * blocks is looked at by one thread. A state is new if its
     * fingerprint was not in the set; which thread finds it first is left to chance, so the order of a
     * level is too, but not which states it has. A level is always finished, also when a property was
     * seen to be broken in it: so numbers are the same each time.
     *
     * Threads stop when the set has to grow, when as many states were found as the budget allows, and
     * every now and then. In between nobody writes what another one reads but the set and the number of
     * the next block.
     *
     * Nothing is kept that leads back from a state. When a property is broken, a second search, by one
     * thread and in a fixed order, notes where states come from (TraceSearch). It stops at the level
     * that is known by then, and a search that finds nothing never pays for it.
     */

    /** What ended it. */
    enum End {
        COMPLETE,
        BROKEN,
        EXHAUSTED
    }

    private final Program program;
    private final Layout layout;
    private final Checker checker;
    private final FingerprintSet seen = new FingerprintSet();
    private final List<Worker> workers = new ArrayList<>();
    private final Allowance allowance;
    private long lastTold;
    private long mostBytes;
    private int depth;
    private String limit = "";

    Exploration(Program program, Layout layout, Checker checker, Allowance allowance) {
        this.program = program;
        this.layout = layout;
        this.checker = checker;
        this.allowance = allowance;
        for (int i = 0; i < checker.threads(); i++) {
            workers.add(new Worker(program, layout, checker, seen));
        }
    }

    /** {@return what ended it} What it has seen is forgotten then: what comes next needs room. */
    End run() {
        End end = search();
        seen.close();
        return end;
    }

    private End search() {
        Level level = new Level(layout.words());
        workers.getFirst().begin(level);
        while (true) {
            if (workers.stream().anyMatch(Worker::isBroken)) {
                return End.BROKEN;
            }
            if (level.states() == 0) {
                return End.COMPLETE;
            }
            Level next = new Level(layout.words());
            if (!look(level, next)) {
                return End.EXHAUSTED;
            }
            if (next.states() > 0) {
                depth++;
            }
            level = next;
        }
    }

    /** {@return whether the budget sufficed for the level} */
    private boolean look(Level level, Level next) {
        AtomicInteger nextBlock = new AtomicInteger();
        List<Block> blocks = level.blocks();
        workers.forEach(worker -> worker.take(blocks, nextBlock, next));
        do {
            if (!makeRoom(level, next)) {
                return false;
            }
            runWorkers(blocks.size());
            if (isOver(level, next)) {
                return false;
            }
        } while (workers.stream().anyMatch(Worker::isStopped));
        return true;
    }

    /** Sees to it that the set has room for new states. {@return whether the budget allows it} */
    private boolean makeRoom(Level level, Level next) {
        if (seen.limit() - states() >= seen.limit() / 8) {
            return true;
        }
        if (!allowance.allowsBytes(seen.bytesToGrow() + level.bytes() + next.bytes())) {
            limit = allowance.memoryLimit();
            return false;
        }
        seen.grow();
        return true;
    }

    /** Lets all threads work until they have no more, or a reason to stop. */
    private void runWorkers(int blocks) {
        int helpers = Math.min(workers.size() - 1, blocks / BLOCKS_FOR_A_HELPER);
        long states = states();
        long room = Math.min(seen.limit() - states, allowance.statesToExceed(states));
        long roomForEach = Math.max(1, room / workers.size());
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= helpers; i++) {
            Worker worker = workers.get(i);
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("search-" + i)
                            .start(() -> worker.work(roomForEach)));
        }
        workers.getFirst().work(roomForEach);
        for (Thread thread : threads) {
            join(thread);
        }
        for (Worker worker : workers) {
            worker.rethrow();
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOver(Level level, Level next) {
        long elapsed = allowance.elapsed();
        long bytes = seen.bytes() + level.bytes() + next.bytes();
        mostBytes = Math.max(mostBytes, bytes);
        if (elapsed - lastTold > TELL_NANOS) {
            lastTold = elapsed;
            checker.progress()
                    .accept(
                            new Checker.Progress(
                                    program.name(), states(), next.states(), depth, elapsed));
        }
        limit = allowance.exceeded(states(), bytes);
        if (limit.isEmpty() && level.bytes() + next.bytes() > MOST_ON_HEAP) {
            limit = "heap: " + MOST_ON_HEAP + " bytes of states that wait; -Xmx gives more";
        } else if (limit.isEmpty() && workers.stream().anyMatch(Worker::isOutOfMemory)) {
            limit = "heap: nothing left of " + Runtime.getRuntime().maxMemory() + " bytes";
        }
        return !limit.isEmpty();
    }

    /** To look at fewer takes not much longer than to start a thread. */
    private static final int BLOCKS_FOR_A_HELPER = 4;

    private static final long TELL_NANOS = 200_000_000;

    /** Of states that wait: the rest of the heap is for everything else. */
    private static final long MOST_ON_HEAP = Runtime.getRuntime().maxMemory() / 4 * 3;

    /* ------------------------- Outcome ------------------------- */

    long states() {
        return workers.stream().mapToLong(Worker::states).sum();
    }

    long transitions() {
        return workers.stream().mapToLong(Worker::transitions).sum();
    }

    int depth() {
        return depth;
    }

    long bytes() {
        return mostBytes;
    }

    String limit() {
        return limit;
    }

    boolean isWindowHit() {
        return workers.stream().anyMatch(Worker::isWindowHit);
    }

    boolean isAddressLost() {
        return workers.stream().anyMatch(Worker::isAddressLost);
    }

    Set<List<Long>> finals() {
        Set<List<Long>> finals = new HashSet<>();
        workers.forEach(worker -> finals.addAll(worker.finals()));
        return finals;
    }

    @Override
    public void close() {
        seen.close();
    }
}
