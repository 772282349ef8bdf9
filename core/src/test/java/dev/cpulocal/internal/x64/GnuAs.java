// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cpulocal.internal.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The reference: assembles listings with GNU as and compares the bytes. */
final class GnuAs {

    /** Blocks begin at multiples of the largest alignment that code asks for. */
    private static final int ALIGNMENT = 64;

    private GnuAs() {}

    /** Fails unless as makes the bytes of each block of its listing. */
    static void assertSameBytes(List<Code> blocks) throws Exception {
        difference(blocks).ifPresent(difference -> fail(difference));
    }

    /** {@return the first difference in words, if there is one} */
    static Optional<String> difference(List<Code> blocks) throws Exception {
        TreeMap<Integer, Code> starts = new TreeMap<>();
        StringBuilder listing = new StringBuilder(".intel_syntax noprefix\n.text\n");
        ByteArrayOutputStream ours = new ByteArrayOutputStream();
        for (Code block : blocks) {
            starts.put(ours.size(), block);
            write(block, "f" + starts.size() + "_", listing);
            ours.writeBytes(block.bytes());
            ours.writeBytes(new byte[-ours.size() & (ALIGNMENT - 1)]);
        }
        byte[] theirs = assemble(listing.toString());
        int mismatch = Arrays.mismatch(ours.toByteArray(), theirs);
        return mismatch < 0 ? Optional.empty() : Optional.of(describe(starts, mismatch, theirs));
    }

    private static void write(Code block, String prefix, StringBuilder listing) {
        String names = String.join("|", block.labels().keySet());
        // A name that nothing matches, where there is no label.
        Pattern labels = Pattern.compile("\\b(" + (names.isEmpty() ? "$^" : names) + ")\\b");
        for (Code.Line line : block.lines()) {
            listing.append(labels.matcher(line.text()).replaceAll(prefix + "$1")).append('\n');
        }
        listing.append(".balign ").append(ALIGNMENT).append(", 0\n");
    }

    private static String describe(
            NavigableMap<Integer, Code> starts, int mismatch, byte[] theirs) {
        int start = starts.floorKey(mismatch);
        Code block = starts.floorEntry(mismatch).getValue();
        Code.Line found = block.lines().getLast();
        for (Code.Line line : block.lines()) {
            if (line.offset() <= mismatch - start && line.bytes().length > 0) {
                found = line;
            }
        }
        int at = start + found.offset();
        byte[] other = Arrays.copyOfRange(theirs, at, at + found.bytes().length);
        return found.text()
                + ": "
                + Arrays.toString(found.bytes())
                + ", but as makes "
                + Arrays.toString(other);
    }

    private static byte[] assemble(String listing) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("cpulocal-as");
        Path source = directory.resolve("code.s");
        Path object = directory.resolve("code.o");
        Path text = directory.resolve("code.bin");
        try {
            Files.writeString(source, listing);
            run("as", "--64", "-o", object.toString(), source.toString());
            run("objcopy", "-O", "binary", "-j", ".text", object.toString(), text.toString());
            return Files.readAllBytes(text);
        } finally {
            for (Path file : List.of(source, object, text, directory)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError(
                    "GNU " + command[0] + " is needed for this test: install binutils", e);
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            fail(command[0] + " exits with " + code + ": " + output.lines().limit(5).toList());
        }
    }
}
