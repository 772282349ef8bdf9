// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.bench.pool;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/** Which versions of other libraries are measured: those that the build chose. */
public final class PoolVersions {

    private PoolVersions() {}

    /** {@return the libraries, each with its version} */
    public static List<String> all() {
        Properties versions = new Properties();
        try (InputStream in = PoolVersions.class.getResourceAsStream("versions.properties")) {
            versions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions.stringPropertyNames().stream()
                .sorted()
                .map(name -> name + " " + versions.getProperty(name))
                .toList();
    }
}
