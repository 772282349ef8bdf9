// SPDX-License-Identifier: Apache-2.0

/**
 * Netty's recycling, for each CPU and on any thread.
 *
 * <p>Grant native access to the library: {@code --enable-native-access=dev.cpulocal}. Without it
 * everything works with the same results, slower.
 */
@org.jspecify.annotations.NullMarked
module dev.cpulocal.netty {
    requires static org.jspecify;
    requires transitive dev.cpulocal;
    requires transitive io.netty.common;

    exports dev.cpulocal.netty;
}
