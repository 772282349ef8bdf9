// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.museum.Exhibit;
import org.jspecify.annotations.Nullable;

/**
 * A scenario, and what is told about it.
 *
 * @param group the name of its group; empty if it is of the user's own
 * @param scenario the scenario
 * @param exhibit what is told, if it is an entry of the museum; else null
 */
public record Entry(String group, Scenario scenario, @Nullable Exhibit exhibit) {

    /** {@return a scenario with nothing told about it} */
    public static Entry of(String group, Scenario scenario) {
        return new Entry(group, scenario, null);
    }

    /** {@return an entry of the museum} */
    public static Entry of(String group, Exhibit exhibit) {
        return new Entry(group, exhibit.scenario(), exhibit);
    }

    /** {@return what one types to have it} */
    public String id() {
        return scenario.id();
    }

    /** {@return what it is about; empty if it is no entry of the museum} */
    public String area() {
        return exhibit == null ? "" : exhibit.area().title();
    }

    /** {@return which kernels had it; empty if it is no entry of the museum} */
    public String kernels() {
        return exhibit == null ? "" : exhibit.kernels();
    }
}
