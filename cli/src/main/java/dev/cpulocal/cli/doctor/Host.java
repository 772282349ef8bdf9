// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.doctor;

import dev.cpulocal.cli.doctor.Findings.Platform;
import dev.cpulocal.internal.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The names and versions of what this runs on. */
public final class Host {

    private static final Pattern GLIBC_BANNER =
            Pattern.compile("GNU C Library [^\\n]*?version ([0-9.]+[0-9])");
    private static final Pattern LIBC_FILE =
            Pattern.compile("(/\\S*/(?:libc\\.so\\.6|libc-2\\.\\d+\\.so|ld-musl-[^/\\s]*))$");
    private static final long LONGEST_VERSION = 64;

    private Host() {}

    /** {@return all of them} */
    public static Platform platform() {
        return new Platform(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("os.arch"),
                processor(),
                libc(),
                Runtime.version().toString(),
                System.getProperty("java.vm.name"));
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String libc() {
        boolean callable = dev.cpulocal.internal.Platform.nativeAccess().isAvailable();
        return (callable ? askLibc() : Optional.<String>empty())
                .or(Host::readLibc)
                .orElse("unknown");
    }

    private static Optional<String> askLibc() {
        return Libc.symbol("gnu_get_libc_version")
                .map(Libc::call)
                .map(address -> Libc.memory(address, LONGEST_VERSION).getString(0))
                .map(version -> "glibc " + version);
    }

    /** Where native functions cannot be called: the banner in the file that the JVM is using. */
    private static Optional<String> readLibc() {
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            Optional<String> file =
                    mappings.map(LIBC_FILE::matcher)
                            .filter(Matcher::find)
                            .map(found -> found.group(1))
                            .findFirst();
            return file.isPresent() ? Optional.of(describe(file.get())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String describe(String file) throws IOException {
        if (file.contains("musl")) {
            return "musl";
        }
        String text = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
        Matcher banner = GLIBC_BANNER.matcher(text);
        return banner.find() ? "glibc " + banner.group(1) : file;
    }
}
