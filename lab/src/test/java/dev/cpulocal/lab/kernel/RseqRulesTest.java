// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cpulocal.lab.Checker;
import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Expr.Label;
import dev.cpulocal.lab.Expr.Local;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Verdict;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a kernel promises to sections, each rule kept by both forms of rseq, and broken by a flaw.
 */
class RseqRulesTest {

    private static final String NUMBER = "cpu_id is the CPU in user mode";
    private static final String ALONE = "nothing ran on the CPU since the section began";
    private static final String COMMITTED = "no abort after the commit";
    private static final Set<Flaw> NONE = EnumSet.noneOf(Flaw.class);

    /* ------------------------- R1: the number of the CPU ------------------------- */

    @ParameterizedTest
    @EnumSource
    void cpuIdIsRight(Version version) {
        assertEquals("", broken(numbers(version, NONE)));
        assertEquals(NUMBER, broken(numbers(version, EnumSet.of(Flaw.CPU_ID_STALE))));
    }

    private static Model numbers(Version version, Set<Flaw> flaws) {
        return model(
                Kernel.Config.of(2, 3).with(version).with(flaws),
                (m, kernel) -> {
                    for (String name : List.of("A", "B", "C")) {
                        kernel.thread(
                                name,
                                c -> {
                                    checkNumber(c, kernel);
                                    checkNumber(c, kernel);
                                });
                    }
                });
    }

    private static void checkNumber(Code c, Kernel kernel) {
        c.check(NUMBER, kernel.rseq().cpuId(c).eq(new Expr.Cpu()));
    }

    /** Not registered, it is -1 and nothing looks after the thread; after that it is as ever. */
    @ParameterizedTest
    @EnumSource
    void unregisteredThreadsHaveNone(Version version) {
        Model model =
                model(
                        Kernel.Config.of(1, 2).with(version).unregistered(),
                        (m, kernel) -> {
                            for (String name : List.of("A", "B")) {
                                kernel.thread(
                                        name,
                                        c -> {
                                            c.check("none", kernel.rseq().cpuId(c).eq(-1));
                                            c.check("0", kernel.rseq().cpuIdStart(c).eq(0));
                                            kernel.rseq().register(c);
                                            checkNumber(c, kernel);
                                        });
                            }
                        });
        assertEquals("", broken(model));
    }

    /* ------------------------- R2: restarted by whatever comes ------------------------- */

    @ParameterizedTest
    @EnumSource
    void preemptionAndMigrationRestart(Version version) {
        assertEquals("", broken(sections(version, NONE)));
        Set<Flaw> flaws =
                EnumSet.of(Flaw.PREEMPTION_IGNORED, Flaw.MIGRATION_IGNORED, Flaw.SECTION_FORGOTTEN);
        if (version == Version.GENERIC_ENTRY) {
            flaws.add(Flaw.USER_INTERRUPT_UNNOTED);
        }
        for (Flaw flaw : flaws) {
            assertEquals(ALONE, broken(sections(version, EnumSet.of(flaw))), flaw::title);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingRestartsUnregisteredThreads(Version version) {
        Kernel.Config config = Kernel.Config.of(2, 3).with(version).unregistered();
        assertEquals(ALONE, broken(sections(config)));
    }

    private static Model sections(Version version, Set<Flaw> flaws) {
        return sections(Kernel.Config.of(2, 3).with(version).with(flaws));
    }

    private static Model sections(Kernel.Config config) {
        return model(
                config,
                (m, kernel) -> {
                    Variable last = m.ghosts("last on the CPU", 2, -1);
                    Expr here = last.get(new Expr.Cpu());
                    for (String name : List.of("A", "B", "C")) {
                        kernel.thread(
                                name,
                                c ->
                                        section(
                                                c,
                                                kernel,
                                                () -> c.set(here, c.task().id()),
                                                () -> c.check(ALONE, here.eq(c.task().id()))));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void signalsRestart(Version version) {
        assertEquals("", broken(signalled(version, NONE)));
        assertEquals(ALONE, broken(signalled(version, EnumSet.of(Flaw.SIGNAL_IGNORED))));
    }

    private static Model signalled(Version version, Set<Flaw> flaws) {
        return model(
                Kernel.Config.of(1, 1).with(version).with(Signals.ONE).with(flaws),
                (m, kernel) -> {
                    Variable handled = m.ghost("handled", 0);
                    kernel.onSignal(c -> c.set(handled.get(), 1));
                    kernel.thread(
                            "A",
                            c ->
                                    section(
                                            c,
                                            kernel,
                                            () -> c.set(handled.get(), 0),
                                            () -> c.check(ALONE, handled.get().not())));
                });
    }

    @ParameterizedTest
    @EnumSource
    void membarrierRestarts(Version version) {
        assertEquals("", broken(fenced(version, NONE, 0)));
        assertEquals(ALONE, broken(fenced(version, EnumSet.of(Flaw.FENCE_IGNORED), 0)));
    }

    /** FLAG_CPU: sections of other CPUs go on. */
    @ParameterizedTest
    @EnumSource
    void membarrierOfOneCpuRestartsNothingElsewhere(Version version) {
        assertEquals(ALONE, broken(fenced(version, NONE, 1)));
    }

    private static Model fenced(Version version, Set<Flaw> flaws, int cpu) {
        return model(
                Kernel.Config.of(2, 2).with(version).with(Signals.NONE).with(flaws),
                (m, kernel) -> {
                    Variable fence = m.ghost("fence: before, during, after", 0);
                    Variable began = m.ghost("began", 0);
                    kernel.thread(
                            "A",
                            c ->
                                    section(
                                            c,
                                            kernel,
                                            () -> c.set(began.get(), fence.get()),
                                            () ->
                                                    c.check(
                                                            ALONE,
                                                            began.get()
                                                                    .ne(0)
                                                                    .or(fence.get().ne(2)))));
                    kernel.thread(
                            "B",
                            c -> {
                                c.set(fence.get(), 1);
                                kernel.membarrier().privateExpeditedRseq(c, Expr.of(cpu));
                                c.set(fence.get(), 2);
                            });
                });
    }

    /* ------------------------- R3: not after the commit ------------------------- */

    @ParameterizedTest
    @EnumSource
    void nothingRestartsWhatHasCommitted(Version version) {
        assertEquals(COMMITTED, broken(sections(version, EnumSet.of(Flaw.RANGE_UNTESTED))));
    }

    /* ------------------------- Parts ------------------------- */

    /** A section of two lines, that is tried until it commits, and what comes after it. */
    private static void section(Code c, Kernel kernel, Runnable first, Runnable last) {
        Section section = kernel.rseq().section(c, "section");
        Label again = c.label("again");
        Label done = c.label("done");
        Local committed = c.let("committed", Expr.of(0));
        c.place(again);
        kernel.rseq().enter(c, section);
        c.place(section.start());
        first.run();
        c.atomically(() -> {
            last.run();
            c.set(committed, Expr.of(1));
        });
        c.place(section.end());
        c.as("after the section").let("cpu", kernel.rseq().cpuId(c));
        c.jump(done);
        c.place(section.abort());
        c.check(COMMITTED, committed.not());
        c.jump(again);
        c.place(done);
    }

    private static Model model(
            Kernel.Config config, BiConsumer<Model.Builder, Kernel> description) {
        return Model.build(
                "rules",
                m -> {
                    description.accept(m, new Kernel(m, config));
                    m.atEnd("all come to an end", Expr.of(1));
                });
    }

    /** {@return what does not hold, or nothing} */
    private static String broken(Model model) {
        Verdict verdict = Checker.of(MemoryModel.SC).withThreads(1).check(model);
        return verdict.holds() ? "" : String.valueOf(verdict.broken());
    }
}
