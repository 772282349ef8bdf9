// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import dev.cpulocal.cli.html.Templates;

/** The resources that the report is made of. */
final class Pages {

    private static final String CHART_JS =
            "/META-INF/resources/webjars/chart.js/" + Pages.CHART_VERSION + "/dist/chart.umd.js";

    /** The version of Chart.js that is built in. */
    static final String CHART_VERSION = "4.5.1";

    private static final Templates TEMPLATES = new Templates(Pages.class);

    private Pages() {}

    /** {@return a template with its values, each escaped for HTML} */
    static String render(String template, Object values) {
        return TEMPLATES.render(template, values);
    }

    /** {@return the text of a resource of the report} */
    static String resource(String name) {
        return TEMPLATES.resource(name);
    }

    /** {@return Chart.js without the line that names a file that is not there} */
    static String chartJs() {
        return resource(CHART_JS).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    }
}
