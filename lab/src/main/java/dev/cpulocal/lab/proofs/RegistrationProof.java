// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import static dev.cpulocal.lab.MemoryModel.ARMV8;
import static dev.cpulocal.lab.MemoryModel.SC;
import static dev.cpulocal.lab.MemoryModel.TSO;

import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import dev.cpulocal.lab.kernel.Kernel;
import dev.cpulocal.lab.kernel.Version;
import java.util.List;

/** Threads that the C library has not registered, and that register on their first call. */
final class RegistrationProof {

    private static final Setup RIGHT = Setup.RIGHT.with(Kernel.Config::unregistered);

    private RegistrationProof() {}

    static Scenario scenario() {
        return new Scenario(
                "core/self-registration",
                "Threads register themselves on their first call",
                """
                cpu_id of a thread that is not registered is negative, so its first attempt leaves \
                at the test of the index; the thread registers and tries again. cpu_id_start is 0 \
                there, and an index taken from it looks possible: nothing restarts such a thread.\
                """,
                List.of(
                        variant("right", "On Linux 6.18.", RIGHT).holds(SC, TSO, ARMV8),
                        variant("right 6.19", "On Linux 6.19.", RIGHT.with(Version.GENERIC_ENTRY))
                                .holds(SC, TSO),
                        variant(
                                        Mutant.REGISTRATION_UNTESTED.title(),
                                        Mutant.REGISTRATION_UNTESTED.text(),
                                        RIGHT.with(Mutant.REGISTRATION_UNTESTED))
                                .violated(SC, TSO, ARMV8),
                        variant(
                                        "reached: registration",
                                        "Right, but said never to do this.",
                                        RIGHT.claiming("a thread registers"))
                                .violated(SC)));
    }

    private static Variant variant(String name, String text, Setup setup) {
        return Variant.of(name, text, model("self-registration, " + name, setup));
    }

    private static Model model(String name, Setup setup) {
        return Example.model(
                name,
                setup,
                (m, example) -> {
                    for (String thread : List.of("A", "B", "C")) {
                        example.kernel()
                                .thread(
                                        thread,
                                        c ->
                                                example.calls()
                                                        .call(c, example.add(), Calls.After.RETRY));
                    }
                    m.atEnd("no addition is lost", example.sum().eq(3));
                });
    }
}
