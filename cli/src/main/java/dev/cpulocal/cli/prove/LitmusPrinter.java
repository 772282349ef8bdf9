// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import java.util.function.Consumer;

/**
 * Prints outcomes of litmus files as they come: answers on standard output, and why there is none
 * on standard error.
 *
 * @param quiet whether to print only what no count tells: files that are wrong
 * @param statesOnly whether to leave out what the tests ask
 * @param withModel whether to say the memory model of each answer
 */
public record LitmusPrinter(boolean quiet, boolean statesOnly, boolean withModel)
        implements Consumer<LitmusOutcome> {

    @Override
    public void accept(LitmusOutcome outcome) {
        switch (outcome) {
            case LitmusAnswer answer when answer.complete() -> {
                if (!quiet) {
                    System.out.print(LitmusText.answer(answer, statesOnly, withModel));
                }
            }
            case LitmusAnswer answer -> System.err.println(LitmusText.exhausted(answer));
            case LitmusProblem problem -> {
                if (!quiet || problem.kind() != LitmusProblem.Kind.REFUSED) {
                    System.err.println(problem);
                }
            }
        }
    }

    /** Prints counts, and what is different from what herd found. */
    public void summarize(LitmusReport report) {
        if (quiet) {
            System.out.print(LitmusText.summary(report));
        } else if (report.size() > 1 || report.comparison() != null) {
            System.err.print(LitmusText.summary(report));
        }
    }
}
