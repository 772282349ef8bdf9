// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.membarrier;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.museum.Exhibit;
import dev.cpulocal.lab.museum.Never;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** membarrier() on CPU 0, and on CPU 1 one scene of several. */
final class Play {

    /*
     * With one scene, that is what happens; with several, the first step is to choose one, and each
     * task looks at the choice when it begins.
     */

    /** As many events as a CPU here can ever hold back. */
    private static final int WINDOW = 20;

    private static final Set<Scene> BORROWING = EnumSet.of(Scene.E_USE, Scene.E_UNUSE, Scene.RING);

    private static final Set<Scene> THREADS = EnumSet.of(Scene.FROM_THREAD, Scene.TO_THREAD);

    private final Kernel kernel;
    private final Set<Scene> scenes;
    private final Variable chosen;
    private final Accesses accesses;
    private final Sched sched;
    private final Expedited membarrier;
    private final Model.Task reader;
    private final Model.Task kthread;
    private final Model.Task other;

    /**
     * {@return a variant of which nothing is expected yet}
     *
     * @param id the entry's
     */
    static Variant variant(String id, String name, String text, Kernel kernel, Scene... scenes) {
        return Variant.of(name, text, model(id + " " + name, kernel, Never.NOTHING, scenes));
    }

    /** {@return the variant that shows that today's code takes a step} */
    static Variant reached(String id, String step, Scene... scenes) {
        String name = Exhibit.REACHED + step;
        Model model = model(id + " " + name, Kernel.TODAY, new Never(step), scenes);
        return Variant.of(name, "Today's code, said never to do this.", model)
                .violated(MemoryModel.values());
    }

    /** {@return the model} */
    static Model model(String name, Kernel kernel, Never never, Scene... scenes) {
        Set<Scene> all = EnumSet.copyOf(List.of(scenes));
        return Model.build(name, m -> new Play(m, kernel, never, all));
    }

    private Play(Model.Builder m, Kernel kernel, Never never, Set<Scene> scenes) {
        this.kernel = kernel;
        this.scenes = scenes;
        Model.Task writer = m.task("writer", 0);
        reader = m.task("reader", 1);
        kthread = m.waitingBackground("kthread");
        other = m.waitingBackground("other");
        sched =
                new Sched(
                        m,
                        kernel,
                        reader,
                        List.of(
                                Sched.MM,
                                Sched.MM,
                                Sched.NULL,
                                isOfProcess() ? Sched.MM : Sched.OTHER_MM));
        accesses = new Accesses(m);
        chosen = m.hardware("scene", 0);
        membarrier = new Expedited(m, kernel, never);
        m.window(WINDOW);
        writer.runs(this::writer);
        reader.runs(this::reader);
        kthread.runs(this::kthread);
        other.runs(this::other);
        for (Pattern pattern : Pattern.values()) {
            Set<Scene> its = of(pattern);
            if (its.stream().anyMatch(scenes::contains)) {
                accesses.expect(m, pattern, in(its, chosen.get()));
            }
        }
    }

    /** Whether the other task is of the same process: then no other process is needed. */
    private boolean isOfProcess() {
        return THREADS.containsAll(scenes);
    }

    private static Set<Scene> of(Pattern pattern) {
        Set<Scene> all = EnumSet.allOf(Scene.class);
        all.removeIf(scene -> scene.pattern() != pattern);
        return all;
    }

    /* ------------------------- Which scene ------------------------- */

    private Expr in(Set<Scene> some, Expr scene) {
        return some.containsAll(scenes)
                ? Expr.of(1)
                : Expr.any(
                        some.stream()
                                .filter(scenes::contains)
                                .map(one -> scene.eq(number(one)))
                                .toArray(Expr[]::new));
    }

    private static int number(Scene scene) {
        return 1 + List.of(Scene.values()).indexOf(scene);
    }

    private int last() {
        return scenes.stream().mapToInt(Play::number).max().orElse(0);
    }

    /** Does something in some scenes. */
    private void in(Code c, Expr scene, Set<Scene> some, String text, Runnable then) {
        Expr condition = in(some, scene);
        if (!(condition instanceof Expr.Constant constant)) {
            c.as("if (" + text + ")").when(condition, then);
        } else if (constant.value() != 0) {
            then.run();
        }
    }

    private void in(Code c, Expr scene, Scene one, Runnable then) {
        in(c, scene, EnumSet.of(one), one.title(), then);
    }

    private void inEach(Code c, Expr scene, Consumer<Pattern> then) {
        Expr flags = in(of(Pattern.FLAGS), scene);
        if (flags instanceof Expr.Constant) {
            then.accept(scenes.iterator().next().pattern());
        } else {
            c.as("if (" + Pattern.FLAGS + ")")
                    .when(
                            flags,
                            () -> then.accept(Pattern.FLAGS),
                            () -> then.accept(Pattern.MESSAGE));
        }
    }

    private Expr choose(Code c) {
        if (scenes.size() == 1) {
            return Expr.of(0);
        }
        Expr scene = c.as("which scene").choose("scene", last() + 1, this::isPossible);
        c.as("so it is").set(chosen.get(), scene);
        return scene;
    }

    private Expr isPossible(Expr scene) {
        return Expr.any(scenes.stream().map(one -> scene.eq(number(one))).toArray(Expr[]::new));
    }

    private Expr await(Code c) {
        if (scenes.size() > 1) {
            c.as("wait for the scene").await(chosen.get());
        }
        return look(c);
    }

    private Expr look(Code c) {
        return scenes.size() == 1 ? Expr.of(0) : c.as("which scene").let("scene", chosen.get());
    }

    /* ------------------------- What the tasks do ------------------------- */

    private void writer(Code c) {
        Expr scene = choose(c);
        inEach(c, scene, pattern -> accesses.before(c, pattern));
        membarrier.call(
                c,
                (then, otherwise) -> {
                    if (kernel.skipsKthreads()) {
                        sched.ifRunsThread(c, kthread, then, otherwise);
                    } else {
                        sched.ifRunsProcess(c, then, otherwise);
                    }
                });
        inEach(c, scene, pattern -> accesses.after(c, pattern));
    }

    private void reader(Code c) {
        Expr scene = await(c);
        Set<Scene> writesFirst = of(Pattern.MESSAGE);
        writesFirst.remove(Scene.E_UNUSE);
        in(c, scene, writesFirst, "MESSAGE", () -> accesses.reader(c, Pattern.MESSAGE));
        in(c, scene, Scene.C_TO_KTHREAD, () -> sched.toKthread(c, kthread));
        in(c, scene, BORROWING, "kthread uses the mm", () -> sched.toKthread(c, kthread));
        in(c, scene, Scene.C_TO_PROCESS, () -> sched.toProcess(c, other));
        in(c, scene, Scene.TO_THREAD, () -> sched.toThread(c, other));
        in(c, scene, Scene.D_EXIT, () -> sched.exitMm(c));
        in(c, scene, Scene.D_EXEC, () -> sched.execMmap(c));
        in(
                c,
                scene,
                Scene.C_FROM_KTHREAD,
                () -> {
                    sched.toKthread(c, kthread);
                    sched.finishSwitchFromKthread(c);
                });
        in(
                c,
                scene,
                Scene.C_FROM_PROCESS,
                () -> {
                    sched.toProcess(c, other);
                    sched.finishSwitch(c);
                });
        in(c, scene, Scene.FROM_THREAD, () -> sched.toThread(c, other));
        Set<Scene> looksLast = of(Pattern.FLAGS);
        looksLast.remove(Scene.E_USE);
        in(c, scene, looksLast, "FLAGS", () -> accesses.reader(c, Pattern.FLAGS));
    }

    private void other(Code c) {
        Sched.work(c);
        if (isOfProcess()) {
            sched.toThread(c, reader);
        } else {
            sched.toProcess(c, reader);
        }
    }

    private void kthread(Code c) {
        Expr scene = look(c);
        in(
                c,
                scene,
                Scene.E_USE,
                () -> {
                    sched.kthreadUseMm(c);
                    accesses.reader(c, Pattern.FLAGS);
                });
        for (Scene giving : List.of(Scene.E_UNUSE, Scene.RING)) {
            in(
                    c,
                    scene,
                    giving,
                    () -> {
                        sched.kthreadUseMm(c);
                        accesses.reader(c, giving.pattern());
                        sched.kthreadUnuseMm(c);
                    });
        }
        Sched.work(c);
        sched.toThread(c, reader);
    }
}
