// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.museum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cpulocal.cli.Json;
import dev.cpulocal.cli.UsageException;
import dev.cpulocal.cli.prove.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {

    private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)[^>]*>");
    private static final Set<String> VOID = Set.of("meta", "input", "br");

    @TempDir private static Path folder;

    private static String message = "";

    @BeforeAll
    static void write() throws IOException, InterruptedException {
        List<Entry> entries =
                List.of(
                        Sample.entry("MB-01"),
                        Sample.entry("TLB-07"),
                        Entry.of("", Sample.bufferings()));
        message = Site.in(folder.resolve("new/site")).write(entries, Sample.prove(entries));
    }

    private static String page(String name) {
        try {
            return Files.readString(folder.resolve("new/site").resolve(name));
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static List<String> pages() {
        return List.of("index.html", "mb-01.html", "tlb-07.html", "buffering.html");
    }

    private static String withoutScripts(String page) {
        return page.replaceAll("(?s)(<(script|style)[^>]*>).*?(</\\2>)", "$1$3");
    }

    private static List<String> all(String page, String pattern) {
        return Pattern.compile(pattern)
                .matcher(withoutScripts(page))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static JsonNode lines(String page) throws IOException {
        String start = "<script type=\"application/json\" id=\"lines\">";
        int begin = page.indexOf(start) + start.length();
        return Json.MAPPER.readTree(page.substring(begin, page.indexOf("</script>", begin)));
    }

    @Test
    void saysWhatWasWritten() throws IOException {
        assertEquals(
                "Written: "
                        + folder.resolve("new/site/index.html").toAbsolutePath()
                        + " and 3 pages beside it.\n",
                message);
        try (Stream<Path> files = Files.list(folder.resolve("new/site"))) {
            assertEquals(pages().size(), files.count());
        }
    }

    @Test
    void everyElementEnds() {
        for (String name : pages()) {
            Deque<String> open = new ArrayDeque<>();
            TAG.matcher(withoutScripts(page(name)))
                    .results()
                    .filter(tag -> !VOID.contains(tag.group(2)))
                    .forEach(tag -> follow(open, tag, name));
            assertEquals(List.of(), List.copyOf(open), name);
        }
    }

    private static void follow(Deque<String> open, MatchResult tag, String page) {
        if (tag.group(1).isEmpty()) {
            open.push(tag.group(2));
        } else {
            assertEquals(open.poll(), tag.group(2), page);
        }
    }

    @Test
    void pagesLoadNothing() {
        for (String name : pages()) {
            String page = page(name);
            assertTrue(page.contains("default-src 'none'"), name);
            assertFalse(
                    Pattern.compile("(src|srcset|data|poster)\\s*=\\s*[\"']")
                            .matcher(withoutScripts(page))
                            .find(),
                    name);
            assertFalse(page.contains("url(http") || page.contains("@import"), name);
            assertFalse(withoutScripts(page).contains("http://"), name);
            assertFalse(withoutScripts(page).contains("https://"), name);
            assertFalse(withoutScripts(page).contains("<link"), name);
            assertFalse(page.contains("fetch(") || page.contains("XMLHttpRequest"), name);
        }
    }

    @Test
    void everyLinkLeadsSomewhere() {
        for (String name : pages()) {
            for (String link : all(page(name), "href=\"([^\"]*)\"")) {
                int hash = link.indexOf('#');
                String file = hash < 0 ? link : link.substring(0, hash);
                String target = page(file.isEmpty() ? name : file);
                if (hash >= 0) {
                    assertTrue(
                            target.contains("id=\"" + link.substring(hash + 1) + "\""),
                            name + " " + link);
                }
            }
        }
    }

    @Test
    void namesOfPlacesAreUnique() {
        for (String name : pages()) {
            Set<String> seen = new HashSet<>();
            for (String id : all(page(name), "\\bid=\"([^\"]*)\"")) {
                assertTrue(seen.add(id), name + " " + id);
            }
        }
    }

    @Test
    void whatTheScriptLooksForIsThere() {
        for (String name : pages()) {
            String page = page(name);
            List<String> wanted =
                    Pattern.compile("\\b(?:by|field|getElementById)\\(\"([a-z-]+)\"\\)")
                            .matcher(page)
                            .results()
                            .map(found -> found.group(1))
                            .distinct()
                            .toList();
            assertFalse(wanted.isEmpty());
            wanted.forEach(id -> assertTrue(page.contains("id=\"" + id + "\""), name + " " + id));
        }
    }

    @Test
    void headingsHaveNoGaps() {
        for (String name : pages()) {
            List<Integer> levels =
                    all(page(name), "<h([1-6])").stream().map(Integer::valueOf).toList();
            assertEquals(1, levels.getFirst(), name);
            for (int i = 1; i < levels.size(); i++) {
                assertTrue(levels.get(i) <= levels.get(i - 1) + 1, name + " " + levels);
                assertTrue(levels.get(i) > 1, name);
            }
        }
    }

    @Test
    void anEntryTellsItsStoryAndTellsSourcesApart() {
        String page = page("mb-01.html");

        assertTrue(page.contains("membarrier() skips the interrupt of a CPU"));
        assertTrue(page.contains("none: mainline always had the barrier"));
        assertTrue(page.contains("x86-TSO, PSO, ARMv8, RISC-V"));
        assertTrue(page.contains("<blockquote><p>Yes, I see this now.</p></blockquote>"));
        for (String kind : List.of("quotation", "history", "derivation")) {
            assertTrue(page.contains("<li class=\"statement " + kind + "\">"), kind);
        }
        assertTrue(
                page.contains("<p class=\"claim refuted\"><span class=\"badge\">refuted</span>"));
        assertTrue(page.contains("./cpulocal prove MB-01"));
        assertTrue(
                page.contains("one call of membarrier(), one switch to a kernel thread and back"));
        assertTrue(page.contains("VIOLATED &quot;the reader sees the new pointer"));
    }

    @Test
    void everyViolationHasATraceAndATimeLine() throws IOException {
        String page = page("tlb-07.html");
        List<String> links = all(page, "class=\"answer\" href=\"#(trace-[^\"]*)\"");
        List<String> lines =
                lines(page).valueStream().map(line -> line.get("id").asText()).toList();

        assertTrue(links.contains("trace-mainline-tso"), links::toString);
        assertFalse(links.contains("trace-mainline-sc"), links::toString);
        assertEquals(Set.copyOf(links), Set.copyOf(lines));
        lines.forEach(id -> assertTrue(page.contains("<details class=\"trace\" id=\"" + id)));
    }

    @Test
    void programsShowWhatIsDifferent() {
        String page = page("mb-01.html");
        String changed =
                page.substring(
                        page.indexOf("id=\"program-no-barrier-after\""),
                        page.indexOf("id=\"program-no-barrier-before\""));

        assertTrue(changed.contains("beside fixed: 2 lines"), changed);
        assertTrue(
                changed.contains(
                        "removed\"><span class=\"sign\">−</span><code>    mmdrop(rq-&gt;prev_mm)"),
                changed);
        assertTrue(changed.contains("The same in both: writer, kthread, ipi_mb."), changed);
        assertFalse(changed.contains(" added\""), changed);
    }

    @Test
    void aScenarioOfTheUsersHasNoStatements() {
        String page = page("buffering.html");

        assertTrue(page.contains("A &lt;barrier&gt; &amp; its absence"));
        assertFalse(page.contains("Who said what"));
        assertTrue(page.contains("trace-bare-tso"));
    }

    @Test
    void theIndexHasEntriesToFilterAndClaims() {
        String page = page("index.html");

        assertTrue(page.contains("data-area=\"membarrier\""));
        assertTrue(page.contains("data-models=\"TSO PSO ARMV8 RISCV\""));
        assertTrue(page.contains("data-kernels=\"none: mainline always had the barrier\""));
        assertTrue(page.contains("href=\"mb-01.html#variant-no-barrier-after\""));
        assertTrue(page.contains("mathieu desnoyers"), "what the search looks through");
        assertTrue(page.contains("every verdict is the expected one"));
    }

    @Test
    void refusesWhatIsNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThrows(UsageException.class, () -> Site.in(file));
        assertThrows(UsageException.class, () -> Site.in(file.resolve("below")));
    }
}
