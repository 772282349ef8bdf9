// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson.tests;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;

/** JDK serialization. */
public final class Serialized {

    private Serialized() {}

    /** {@return an object that was written and read} */
    @SuppressWarnings("BanSerializableRead") // It was written the line before.
    public static Object copy(Serializable original) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
