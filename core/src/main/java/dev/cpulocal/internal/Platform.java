// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.Availability;
import java.lang.foreign.Linker;
import java.util.Optional;

/** Whether this JVM runs where native code of ours can run. Nothing native is touched before. */
public final class Platform {

    private static final Availability NATIVE = probe();

    private Platform() {}

    /** {@return whether functions of the C library can be called} */
    public static Availability nativeAccess() {
        return NATIVE;
    }

    private static Availability probe() {
        String os = System.getProperty("os.name", "");
        if (!os.equals("Linux")) {
            return Availability.unavailable("the operating system is " + os + ", not Linux", "");
        }
        Optional<Architecture> architecture = Architecture.current();
        if (architecture.isEmpty()) {
            return Availability.unavailable(
                    "the architecture " + System.getProperty("os.arch") + " is not supported", "");
        }
        Module module = Platform.class.getModule();
        String grant =
                "start the JVM with --enable-native-access="
                        + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
        try {
            tryToLink();
            return Availability.available();
        } catch (IllegalCallerException denied) {
            return Availability.unavailable(
                    "native access is denied to "
                            + (module.isNamed() ? module : "code on the class path"),
                    grant);
        } catch (UnsupportedOperationException | IllegalStateException none) {
            return Availability.unavailable(
                    "this JVM cannot call native functions: " + none.getMessage(), "use HotSpot");
        }
    }

    @SuppressWarnings("restricted")
    private static void tryToLink() {
        Linker linker = Linker.nativeLinker();
        if (linker.defaultLookup().find("syscall").isEmpty()) {
            throw new IllegalStateException("libc has no syscall()");
        }
        linker.defaultLookup().findOrThrow("syscall").reinterpret(1);
    }
}
