// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static dev.cpulocal.Thrown.assertThrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''          | ''",
                "'  \n'      | ''",
                "0           | 0",
                "0-3,8       | 0-3,8",
                "8,0-3       | 0-3,8",
                "0,1,2,5     | 0-2,5",
                "0-1,1-4     | 0-4",
                "3-3         | 3",
                "' 0-1,7\n'  | 0-1,7",
                "65535       | 65535",
                "0-65535     | 0-65535"
            })
    void listIsParsedAndWrittenInTheKernelsForm(String list, String canonical) {
        assertEquals(canonical, CpuSet.parse(list).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "0,",
                ",0",
                "0,,1",
                "-",
                "1-",
                "-1",
                "0--1",
                "3-1",
                "0-1-2",
                "a",
                "0x1",
                "1.5",
                "0-1:2/4",
                "65536",
                "0-65536",
                "-2147483648",
                "99999999999",
                "0 1",
                "+1",
                "0 - 1"
            })
    void whatIsNoListIsRefused(String list) {
        assertThrown(IllegalArgumentException.class, "(expected: ", () -> CpuSet.parse(list));
    }

    @Test
    void listSurvivesTheRoundTrip() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            int spread = 1 + random.nextInt(i % 2 == 0 ? 20 : 65_536);
            int[] cpus = random.ints(random.nextInt(40), 0, spread).toArray();
            CpuSet set = CpuSet.of(cpus);

            assertEquals(set, CpuSet.parse(set.toString()));
            assertEquals(set.hashCode(), CpuSet.parse(set.toString()).hashCode());
            assertArrayEquals(
                    java.util.Arrays.stream(cpus).sorted().distinct().toArray(),
                    set.stream().toArray());
        }
    }

    @Test
    void sparseSetKnowsItsMembers() {
        CpuSet set = CpuSet.of(300, 5);

        assertEquals(2, set.size());
        assertEquals(300, set.last());
        assertTrue(set.contains(5) && set.contains(300));
        assertFalse(set.contains(0) || set.contains(-1) || set.contains(Integer.MAX_VALUE));
        assertEquals(-1, CpuSet.of().last());
        assertNotEquals(CpuSet.of(5), set);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void whatIsNoCpuNumberIsRefused(int cpu) {
        assertThrown(
                IllegalArgumentException.class,
                "cpu: " + cpu + " (expected: 0 to 65535)",
                () -> CpuSet.of(cpu));
    }

    @Test
    void possibleCpusIncludeThoseOnlineAndTheCurrentOne() {
        CpuSet possible = Cpu.possible();

        assertTrue(Cpu.online().stream().allMatch(possible::contains));
        assertTrue(possible.contains(Cpu.current()));
        assertTrue(possible.size() >= Runtime.getRuntime().availableProcessors());
        assertTrue(Cpu.node() >= 0 && Cpu.concurrencyId() >= 0);
    }
}
