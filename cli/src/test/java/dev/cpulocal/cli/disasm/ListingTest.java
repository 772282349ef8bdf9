// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.disasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Sequences;
import dev.cpulocal.cli.UsageException;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListingTest {

    private static final Target TARGET =
            new Target(IndexMode.CPU_ID, 4096, 2, -160, 0, Target.Injection.NONE);

    @Test
    void labelsStandOnTheirOwnAndLongDataTakesSeveralLines() {
        Code code =
                new Code(
                        new byte[13],
                        List.of(
                                new Code.Line(0, new byte[12], ".skip 12", "data"),
                                new Code.Line(12, new byte[0], "entry:", ""),
                                new Code.Line(12, new byte[] {(byte) 0xc3}, "ret", "return 0")),
                        Map.of("descriptor", 0, "entry", 12));

        String text = Listing.of(Sequences.COUNTER_ADD, "x64", TARGET, code).render();

        assertEquals(
                """
                counter-add(item v, count)
                    commit u64[cpu + v] += count
                    return 0

                As an operation vector, counter-add(item v, count)
                    [cpu + v] += count, 8 bytes

                x64, index cpu_id, stride 4,096 bytes, 2 ranges, struct rseq at thread pointer -160: 13 bytes

                  descriptor:
                  0000  00 00 00 00 00 00 00 00 00 00  .skip 12  ; data
                  000a  00 00
                  entry:
                  000c  c3                             ret       ; return 0
                """,
                text);
    }

    @Test
    void namesAreFoundWithHyphensOrUnderscores() {
        assertEquals(Sequences.COUNTER_ADD, Catalogue.find("counter_add"));
        assertEquals(Sequences.LOAD_CBNE_STORE, Catalogue.find("load-cbne-store"));
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        UsageException e = assertThrows(UsageException.class, () -> Catalogue.find("load"));

        assertTrue(String.valueOf(e.getMessage()).contains("load_cbne_store, "), e::toString);
    }
}
