// SPDX-License-Identifier: Apache-2.0

/// Does a restartable section ever commit? Not if it is preempted each time; with a fallback, the operation completes.
///
///     ./cpulocal prove examples/RestartedForEver.java

import static dev.cpulocal.lab.MemoryModel.SC;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;

static final int ATTEMPTS = 2;

Scenario scenario() {
    return new Scenario(
            "restarted-for-ever",
            "A restartable section that is preempted each time",
            "Preemption may come before the commit, and as often as it likes.",
            List.of(
                    Variant.of("fallback", "After two attempts, a way that cannot be aborted.", model(true)).holds(SC),
                    Variant.of("no fallback", "Attempts without an end.", model(false)).violated(SC)));
}

Model model(boolean fallback) {
    return Model.build("restarted for ever", m -> {
        var value = m.shared("value", 0);
        var done = m.ghost("done", 0);

        m.task("thread", 0, c -> c.forever(() -> {
            c.set(done.get(), 0);
            var attempts = c.let("attempts", Expr.of(0));
            var abort = c.label("abort");
            var completed = c.label("completed");
            c.place(abort);
            if (fallback) {
                c.when(attempts.eq(ATTEMPTS), () -> {
                    c.as("fallback").store(value, 1);
                    c.jump(completed);
                });
                c.set(attempts, attempts.plus(1));
            }
            c.call("section", () -> {
                c.load(value);
                c.jumpIf(c.as("preempted or not").choose("preempted", 2), abort);
                c.as("commit").store(value, 1);
            });
            c.place(completed);
            c.set(done.get(), 1);
        }));

        m.againAndAgain("operations complete", done.get());
    });
}
