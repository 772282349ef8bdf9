// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.prove.CheckResult;
import java.util.Locale;

/** Names of files and of places in pages. */
final class Names {

    private Names() {}

    /** {@return a text as letters, digits and hyphens} */
    static String slug(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    /** {@return the file of a scenario's page} */
    static String file(String id) {
        return slug(id) + ".html";
    }

    /** {@return the name of the place where a trace is shown} */
    static String trace(CheckResult check) {
        return "trace-" + slug(check.variant()) + "-" + slug(check.memoryModel().name());
    }
}
