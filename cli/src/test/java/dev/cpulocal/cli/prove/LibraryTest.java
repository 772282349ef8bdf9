// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LibraryTest {

    private final List<String> made = new ArrayList<>();
    private final Library library =
            new Library(
                    List.of(
                            shelf("core", "core/", "core/counter-add", "core/list-pop"),
                            shelf("museum", "", "MB-01", "MB-10", "TLB-07")));

    private Shelf shelf(String name, String start, String... ids) {
        return new Shelf(
                name,
                start,
                start + "[a-z]+-[a-z0-9-]+",
                () -> {
                    made.add(name);
                    return Stream.of(ids).map(id -> Entry.of(name, scenario(id))).toList();
                });
    }

    static Scenario scenario(String id) {
        Model model =
                Model.build(
                        id,
                        m -> {
                            m.task("task", 0, _ -> {});
                            m.always("nothing", Expr.of(1));
                        });
        return new Scenario(id, "title of " + id, "", List.of(Variant.of("only", "", model)));
    }

    private List<String> find(String name) {
        return library.find(name).stream().map(Entry::id).toList();
    }

    @Test
    void findsByIdGroupAndPattern() {
        assertEquals(List.of("MB-01"), find("MB-01"));
        assertEquals(List.of("MB-01"), find("mb-01"));
        assertEquals(List.of("core/counter-add", "core/list-pop"), find("core"));
        assertEquals(List.of("core/counter-add", "core/list-pop"), find("Core/*"));
        assertEquals(List.of("MB-01", "MB-10"), find("mb-*"));
        assertEquals(List.of("MB-01", "TLB-07"), find("*-0?"));
        assertEquals(List.of("MB-01"), find("MB?01"));
        assertEquals(List.of("MB-01", "MB-10", "TLB-07"), find("Museum"));
        assertEquals(5, find("*").size());
    }

    @Test
    void otherCharactersMeanThemselves() {
        for (String name : List.of("MB.01", "MB-0", "MB-0[1]", "core/", "cor", "", "MB-01 ")) {
            assertEquals(List.of(), find(name), name);
        }
    }

    @Test
    void knowsIdsAndGroups() {
        assertTrue(library.isId("tlb-07"));
        assertFalse(library.isId("core"));
        assertTrue(library.isGroup("CORE"));
        assertFalse(library.isGroup("cor"));
        assertFalse(library.isGroup("MB-01"));
    }

    @Test
    void makesOnlyWhatMayBeMeant() {
        assertEquals(List.of(), find("tests/*"));
        assertEquals(List.of(), find("tests"));
        assertEquals(List.of(), made);

        find("MB-01");
        assertEquals(List.of("museum"), made);
        find("core/*");
        find("core/no-such");
        assertEquals(List.of("museum", "core"), made);
    }

    @Test
    void suggestsWhatIsCloseAndNothingElse() {
        assertEquals(Optional.of("MB-01"), library.suggestion("MB01"));
        assertEquals(Optional.of("TLB-07"), library.suggestion("tbl-07"));
        assertEquals(Optional.of("museum"), library.suggestion("musem"));
        assertEquals(Optional.of("core/counter-add"), library.suggestion("core/counter_ad"));
        assertEquals(Optional.empty(), library.suggestion("peterson"));
        assertEquals(Optional.empty(), library.suggestion(""));
    }

    @Test
    void everyIdIsFoundAndUniqueWhateverTheCase() {
        Library all = Library.get();
        Set<String> seen = new HashSet<>();
        for (Entry entry : all.entries()) {
            assertTrue(seen.add(entry.id().toLowerCase(Locale.ROOT)), entry.id());
            assertEquals(List.of(entry), all.find(entry.id()));
        }
        assertFalse(seen.isEmpty());
        assertTrue(all.find("museum").stream().allMatch(entry -> entry.exhibit() != null));
    }
}
