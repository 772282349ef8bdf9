// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The resources that a page is made of. */
final class Pages {

    private static final String CHART_JS =
            "/META-INF/resources/webjars/chart.js/" + Pages.CHART_VERSION + "/dist/chart.umd.js";

    /** The version of Chart.js that is built in. */
    static final String CHART_VERSION = "4.5.1";

    private Pages() {}

    /** {@return a template with its values, each escaped for HTML} */
    static String render(String template, Object values) {
        return Mustache.compiler()
                .escapeHTML(true)
                .withLoader(name -> new StringReader(resource(name + ".mustache")))
                .compile(resource(template + ".mustache"))
                .execute(values);
    }

    /** {@return the text of a resource of the report} */
    static String resource(String name) {
        try (InputStream stream = Pages.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException(name + " is missing from the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return Chart.js without the line that names a file that is not there} */
    static String chartJs() {
        return resource(CHART_JS).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    }

    /** {@return JSON that can stand in a script element: no text in it can end the element} */
    static String scriptData(JsonNode json) {
        return json.toString().replace("<", "\\u003c");
    }
}
