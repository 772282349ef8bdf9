// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.Scenario;
import dev.cpulocal.lab.Scenario.Variant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LibraryTest {

    private static final Library LIBRARY =
            new Library(
                    Stream.of("core/counter-add", "core/list-pop", "MB-01", "MB-10", "TLB-07")
                            .map(LibraryTest::scenario)
                            .toList());

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

    private static List<String> find(String name) {
        return LIBRARY.find(name).stream().map(Scenario::id).toList();
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
    }

    @Test
    void otherCharactersMeanThemselves() {
        for (String name : List.of("MB.01", "MB-0", "MB-0[1]", "core/", "cor", "", "MB-01 ")) {
            assertEquals(List.of(), find(name), name);
        }
    }

    @Test
    void knowsIdsAndGroups() {
        assertTrue(LIBRARY.isId("tlb-07"));
        assertFalse(LIBRARY.isId("core"));
        assertTrue(LIBRARY.isGroup("CORE"));
        assertFalse(LIBRARY.isGroup("cor"));
        assertFalse(LIBRARY.isGroup("MB-01"));
    }

    @Test
    void suggestsWhatIsCloseAndNothingElse() {
        assertEquals(Optional.of("MB-01"), LIBRARY.suggestion("MB01"));
        assertEquals(Optional.of("TLB-07"), LIBRARY.suggestion("tbl-07"));
        assertEquals(Optional.of("core/counter-add"), LIBRARY.suggestion("core/counter_ad"));
        assertEquals(Optional.empty(), LIBRARY.suggestion("peterson"));
        assertEquals(Optional.empty(), LIBRARY.suggestion(""));
    }

    @Test
    void idsAreUniqueWhateverTheCase() {
        Set<String> seen = new HashSet<>();
        for (Scenario scenario : Library.get().scenarios()) {
            assertTrue(seen.add(scenario.id().toLowerCase(Locale.ROOT)), scenario.id());
        }
        assertFalse(seen.isEmpty());
    }
}
