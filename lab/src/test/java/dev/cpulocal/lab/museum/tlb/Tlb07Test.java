// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.tlb;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.museum.ExhibitTrace;
import org.junit.jupiter.api.Test;

/** What goes wrong in the two wrong variants. */
class Tlb07Test {

    private static final String SWITCHING = "loaded_mm = SWITCHING";
    private static final String READ_TLB_GEN = "next_tlb_gen =";

    private static String table(String variant, MemoryModel memoryModel) {
        return ExhibitTrace.of(Tlb07.exhibit(), variant, memoryModel);
    }

    @Test
    void inMainlineTheAnnouncementWaitsWhileTheGenerationIsRead() {
        String table = table("mainline", MemoryModel.TSO);

        int held = table.indexOf(SWITCHING + "  (held back)");
        int read = table.indexOf(READ_TLB_GEN);
        int performed = table.indexOf("… loaded_mm = 3 performed");
        assertTrue(0 < held && held < read && read < performed, table);
    }

    @Test
    void inTheStableOrderTheGenerationIsReadFirst() {
        String table = table("stable order", MemoryModel.SC);

        int read = table.indexOf(READ_TLB_GEN);
        int generation = table.indexOf("tlb_gen=1");
        // The first is the one in should_flush_tlb().
        int switching = table.lastIndexOf(SWITCHING);
        assertTrue(0 < read && read < generation && generation < switching, table);
    }

    @Test
    void neitherTheInterruptNorTheFlushHappens() {
        for (String table :
                new String[] {
                    table("mainline", MemoryModel.TSO), table("stable order", MemoryModel.SC)
                }) {
            assertTrue(!table.contains("send IPI") && !table.contains("write_cr3()"), table);
        }
    }
}
