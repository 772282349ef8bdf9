// SPDX-License-Identifier: Apache-2.0

/**
 * Jackson 3.x's buffers, pooled for each CPU.
 *
 * <p>Grant native access to the library: {@code --enable-native-access=dev.cpulocal}. Without it
 * everything works with the same results, slower.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // The digit is part of the name of what it is for.
module dev.cpulocal.jackson3 {
    requires static org.jspecify;
    requires transitive dev.cpulocal;
    requires transitive tools.jackson.core;

    exports dev.cpulocal.jackson3;
}
