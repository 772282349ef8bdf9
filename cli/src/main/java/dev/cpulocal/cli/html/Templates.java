// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.html;

import com.fasterxml.jackson.databind.JsonNode;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The templates and other resources that pages are made of.
 *
 * @param home a class of the package that they are in
 */
public record Templates(Class<?> home) {

    /** {@return the style that all pages have} */
    public static String css() {
        return resource(Templates.class, "page.css");
    }

    /** {@return a template with its values, each escaped for HTML} */
    public String render(String template, Object values) {
        return Mustache.compiler()
                .escapeHTML(true)
                .emptyStringIsFalse(true)
                .withLoader(name -> new StringReader(resource(name + ".mustache")))
                .compile(resource(template + ".mustache"))
                .execute(values);
    }

    /** {@return the text of a resource} */
    public String resource(String name) {
        return resource(home, name);
    }

    private static String resource(Class<?> home, String name) {
        try (InputStream stream = home.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException(name + " is missing from the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return JSON that can stand in a script element: no text in it can end the element} */
    public static String scriptData(JsonNode json) {
        return json.toString().replace("<", "\\u003c");
    }
}
