// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import dev.cpulocal.cli.UsageException;
import dev.cpulocal.cli.prove.CheckResult;
import dev.cpulocal.cli.prove.Entry;
import dev.cpulocal.cli.prove.ProveResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder of pages: one for each scenario, and an index. */
public final class Site {

    private final Path folder;

    private Site(Path folder) {
        this.folder = folder;
    }

    /**
     * {@return a site in a folder, which is made if it is not there}
     *
     * @throws UsageException if nothing can be written there
     */
    public static Site in(Path path) {
        Path folder = path.toAbsolutePath().normalize();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UsageException(
                    "--html: " + folder + " (expected: a folder that can be made)");
        }
        if (!Files.isWritable(folder)) {
            throw new UsageException(
                    "--html: " + folder + " (expected: a folder that can be written to)");
        }
        return new Site(folder);
    }

    /** {@return the index of the site} */
    public Path index() {
        return folder.resolve("index.html");
    }

    /**
     * Writes the pages, over those that are there.
     *
     * @param entries what they are about
     * @param result the answers
     * @return what was written, in a line, ended
     */
    public String write(List<Entry> entries, ProveResult result) throws IOException {
        for (Entry entry : entries) {
            Files.writeString(
                    folder.resolve(Names.file(entry.id())),
                    new EntryPage(entry, checks(result, entry)).render(result.version()));
        }
        Files.writeString(
                index(),
                new IndexPage(entries, entry -> checks(result, entry)).render(result.version()));
        return "Written: "
                + index()
                + (entries.size() == 1 ? " and a page" : " and " + entries.size() + " pages")
                + " beside it.\n";
    }

    private static List<CheckResult> checks(ProveResult result, Entry entry) {
        return result.checks().stream().filter(check -> check.id().equals(entry.id())).toList();
    }
}
