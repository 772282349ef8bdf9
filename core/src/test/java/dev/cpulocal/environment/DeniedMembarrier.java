// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.environment;

import static dev.cpulocal.environment.Probe.failure;
import static dev.cpulocal.environment.Probe.tell;

import dev.cpulocal.Availability;
import dev.cpulocal.Membarrier;
import dev.cpulocal.Membarrier.Command;

/** Tells what the library says about each command of membarrier(2). */
public final class DeniedMembarrier {

    private DeniedMembarrier() {}

    /** Runs it. */
    public static void main(String... arguments) {
        tell("supported", Membarrier.supported());
        tell("registrations", Membarrier.registrations());
        for (Command command : Command.values()) {
            Availability availability = Membarrier.availability(command);
            tell("call." + command, Membarrier.call(command, 0, 0));
            tell("reason." + command, availability.reason());
            tell("remedy." + command, availability.remedy());
            tell("fence." + command, failure(() -> Membarrier.fence(command)));
        }
        tell("fenceRseq", failure(() -> Membarrier.fenceRseq(0)));
    }
}
