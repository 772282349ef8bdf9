// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;

/** The one JSON document that a command prints with {@code --json}. */
public final class Json {

    /** Reads and writes records by the names of their components. */
    public static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** Prints a document on standard output, in UTF-8 whatever the locale. */
    static void print(Object document) {
        byte[] bytes = bytes(document);
        System.out.write(bytes, 0, bytes.length);
        System.out.write('\n');
        System.out.flush();
    }

    private static byte[] bytes(Object document) {
        try {
            return MAPPER.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
