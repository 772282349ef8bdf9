// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.internal.litmus.engine.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** membarrier() and ipi_mb(n): a barrier on one side does for both, if it fences the others. */
class SystemCallsTest {

    private static final String AARCH64 =
            """
            AArch64 SB
            { 0:X1=x; 0:X3=y; 1:X1=y; 1:X3=x; }
             P0           | P1           ;
             MOV W0,#1    | MOV W0,#1    ;
             STR W0,[X1]  | STR W0,[X1]  ;
             %s           | %s           ;
             LDR W2,[X3]  | LDR W2,[X3]  ;
            exists (0:X2=0 /\\ 1:X2=0)
            """;

    private static final String X86 =
            """
            X86 SB
            { }
             P0         | P1         ;
             MOV [x],$1 | MOV [y],$1 ;
             %s         | %s         ;
             MOV EAX,[y]| MOV EAX,[x];
            exists (0:EAX=0 /\\ 1:EAX=0)
            """;

    private static final String RISCV =
            """
            RISCV SB
            { 0:x6=x; 0:x8=y; 1:x6=y; 1:x8=x; }
             P0         | P1         ;
             ori x5,x0,1| ori x5,x0,1;
             sw x5,0(x6)| sw x5,0(x6);
             %s         | %s         ;
             lw x7,0(x8)| lw x7,0(x8);
            exists (0:x7=0 /\\ 1:x7=0)
            """;

    private static String observation(String text, String first, String second) {
        LitmusSource source = LitmusSource.of("sb.litmus", text.formatted(first, second));
        String output = Engines.of(source).run(source, LitmusOptions.DEFAULT).herdOutput();
        return output.lines()
                .filter(line -> line.startsWith("Observation SB "))
                .map(line -> line.replaceAll("Observation SB (\\w+) .*", "$1"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "membarrier(), '', Never",
        "'', membarrier(), Never",
        "membarrier(), membarrier(), Never",
        "ipi_mb(1), '', Never",
        "'', ipi_mb( 0 ), Never",
        "'', '', Sometimes"
    })
    void a_fence_of_all_does_for_both_sides(String first, String second, String expected) {
        assertEquals(expected, observation(AARCH64, first, second));
        assertEquals(expected, observation(X86, first, second));
        assertEquals(expected, observation(RISCV, first, second));
    }

    @Test
    void a_barrier_of_one_side_alone_does_not() {
        assertEquals("Sometimes", observation(AARCH64, "DMB SY", ""));
        assertEquals("Sometimes", observation(X86, "MFENCE", ""));
        assertEquals("Sometimes", observation(RISCV, "fence rw,rw", ""));
    }

    @ParameterizedTest
    @CsvSource({"ipi_mb(0)", "ipi_mb(2)", "ipi_mb()", "membarrier(1)"})
    void wrong_arguments_are_told_with_their_line(String call) {
        Malformed error = assertThrows(Malformed.class, () -> observation(AARCH64, call, ""));
        assertTrue(
                String.valueOf(error.getMessage()).startsWith("sb.litmus:6: "), error.getMessage());
    }
}
