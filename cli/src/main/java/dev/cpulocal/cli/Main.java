// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import java.util.Objects;

/** The command. */
public final class Main {

    private Main() {}

    static void main() {
        System.out.println("cpulocal " + version());
    }

    private static String version() {
        // Only the packaged jar has a manifest.
        return Objects.requireNonNullElse(
                Main.class.getPackage().getImplementationVersion(), "(unpackaged)");
    }
}
